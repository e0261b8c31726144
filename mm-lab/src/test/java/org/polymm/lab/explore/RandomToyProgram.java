package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * A small random program: tasks that read and write shared variables, remember what they saw, take locks shared or exclusively, try them,
 * downgrade them, and wait for sections to end. What a task does next may depend on what it has read.
 */
final class RandomToyProgram {

    private static final int VARIABLES = 3;
    private static final int LOCKS = 2;

    private final Toy toy = new Toy();
    private final SplittableRandom random;
    private final List<String> text = new ArrayList<>();

    RandomToyProgram(long seed) {
        random = new SplittableRandom(seed);
    }

    Program build() {
        Program.Builder builder = Program.on(toy);
        int tasks = 2 + random.nextInt(2);
        int operations = tasks == 2 ? 2 + random.nextInt(2) : 1 + random.nextInt(2);
        for (int task = 0; task < tasks; task++) {
            builder.task("T" + task);
            List<Operation> list = new ArrayList<>();
            for (int i = 0; i < operations; i++) {
                list.add(operation());
            }
            text.add("T" + task + ": " + list);
            boolean twoCalls = random.nextInt(3) == 0;
            int cut = twoCalls ? 1 : list.size();
            int[] sum = new int[1];
            List<Operation> firstPart = list.subList(0, cut);
            List<Operation> rest = list.subList(cut, list.size());
            builder.call("first", () -> {
                sum[0] = 1;
                return run(firstPart, sum);
            });
            if (!rest.isEmpty()) {
                builder.call("second", () -> run(rest, sum));
            }
        }
        return builder.build();
    }

    Toy toy() {
        return toy;
    }

    @Override
    public String toString() {
        return String.join("\n", text);
    }

    /** One operation; {@code sum} is what the task has seen so far. */
    private record Operation(String name, Body body) {
        @Override
        public String toString() {
            return name;
        }
    }

    private interface Body {
        void run(int[] sum);
    }

    private static long run(List<Operation> operations, int[] sum) {
        operations.forEach(operation -> operation.body.run(sum));
        return sum[0];
    }

    private Operation operation() {
        int v = random.nextInt(VARIABLES);
        int w = random.nextInt(VARIABLES);
        int l = random.nextInt(LOCKS);
        int constant = 1 + random.nextInt(9);
        Sync sync = toy.sync();
        return switch (random.nextInt(14)) {
            case 0, 1 -> new Operation("read " + v, sum -> see(sum, toy.read(v)));
            case 2 -> new Operation("write " + v + "=" + constant, sum -> toy.write(v, constant));
            case 3 -> new Operation("write " + v + "=sum", sum -> toy.write(v, sum[0] % 1000));
            case 4 ->
                new Operation("if sum odd then write " + v, sum -> {
                    if (sum[0] % 2 == 1) {
                        toy.write(v, constant);
                    }
                });
            case 5, 6 ->
                new Operation("lock " + l + ", read " + v + ", write " + w, sum -> {
                    sync.lock(LockClass.MMAP_LOCK, l);
                    see(sum, toy.read(v));
                    toy.write(w, constant);
                    sync.unlock(LockClass.MMAP_LOCK, l);
                });
            case 7 ->
                new Operation("shared " + l + ", read " + v + ", write " + w, sum -> {
                    sync.readLock(LockClass.MMAP_LOCK, l);
                    see(sum, toy.read(v));
                    toy.write(w, constant);
                    sync.unlock(LockClass.MMAP_LOCK, l);
                });
            case 8 ->
                new Operation("try " + l + " for " + v, sum -> {
                    if (sync.tryLock(LockClass.MMAP_LOCK, l)) {
                        toy.write(v, constant);
                        sync.unlock(LockClass.MMAP_LOCK, l);
                    } else {
                        see(sum, 77);
                    }
                });
            case 9 ->
                new Operation("try shared " + l + " for " + v, sum -> {
                    if (sync.tryReadLock(LockClass.MMAP_LOCK, l)) {
                        see(sum, toy.read(v));
                        sync.unlock(LockClass.MMAP_LOCK, l);
                    } else {
                        see(sum, 78);
                    }
                });
            case 10 ->
                new Operation("lock " + l + ", write " + v + ", downgrade, read " + w, sum -> {
                    sync.lock(LockClass.MMAP_LOCK, l);
                    toy.write(v, constant);
                    sync.downgrade(LockClass.MMAP_LOCK, l);
                    see(sum, toy.read(w));
                    sync.unlock(LockClass.MMAP_LOCK, l);
                });
            case 11 ->
                random.nextBoolean()
                        ? new Operation("rcu read " + v + ", " + w, sum -> {
                            sync.enter(LockClass.RCU_READ);
                            see(sum, toy.read(v));
                            see(sum, toy.read(w));
                            sync.leave(LockClass.RCU_READ);
                        })
                        : new Operation("write " + v + ", synchronize, write " + w, sum -> {
                            toy.write(v, constant);
                            sync.waitForSections(LockClass.RCU_READ);
                            toy.write(w, constant + 1);
                        });
            default -> {
                int a = random.nextInt(2);
                yield random.nextInt(3) != 0
                        ? new Operation("ptl " + a + " then " + (1 - a) + ", write " + v, sum -> {
                            toy.lock(a);
                            toy.lock(1 - a);
                            toy.write(v, constant);
                            toy.unlock(1 - a);
                            toy.unlock(a);
                        })
                        : new Operation("read " + v + " and touch " + w, sum -> {
                            see(sum, toy.read(v));
                            sync.touch(Point.WRITE_COUNT, w);
                            toy.set(w, toy.get(w) * 3 % 1000 + 1);
                        });
            }
        };
    }

    private static void see(int[] sum, int value) {
        sum[0] = (sum[0] * 31 + value) % 100_003;
    }
}

package org.polymm.lab.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.LockProtocolError;
import org.polymm.engine.sync.Sync;

/**
 * Watches the order in which tasks take locks one inside the other, over all runs of an exploration.
 *
 * <pre>
 *   run 1    A holds PTL 7, waits for PTL 8      7 -&gt; 8
 *   run 9    B holds PTL 8, waits for PTL 7      8 -&gt; 7      a cycle, although A and B have never met
 * </pre>
 *
 * <p>{@link Sync} sees to the order between classes, so a cycle is one between the locks of a class, and it takes two tasks to make one.
 * Where {@code Sync} has found the order of classes broken, {@link #broken} adds who has shown the right one.
 *
 * <p>Two chains that lie inside one and the same lock cannot meet, and make no cycle. A lock that is only tried is not waited for and ends no
 * chain; one that was tried and had is held like others. The number of a lock whose object is {@linkplain World#isNew new} means something
 * else in the next run: chains between such locks are held against those of their own run alone.
 *
 * <p>A chain that is known costs a look into a hash table and no memory.
 */
final class LockOrder {

    /** Locks held, and what is waited for with them. */
    private static final class Chain {
        final int task;
        /** The locks of the class that is waited for come first, as many as {@link #ends}. */
        final long[] held;
        /** Which of them are held exclusively. */
        final boolean[] exclusively;
        /** Which of them belong to something new; the last is about the lock that is waited for. */
        final boolean[] isNew;

        final long taken;
        final int ends;
        final String text;
        /** The last run in which it was seen. */
        long run;

        Chain(int task, long taken, Held held, String text) {
            this.task = task;
            this.taken = taken;
            this.held = Arrays.copyOf(held.locks, held.count);
            this.exclusively = Arrays.copyOf(held.exclusively, held.count);
            this.isNew = Arrays.copyOf(held.isNew, held.count + 1);
            this.text = text;
            ends = held.ofClass;
        }

        /** Whether it has locks whose numbers mean something in its own run alone. */
        boolean isOfOneRun() {
            boolean found = isNew[held.length];
            for (int i = 0; i < ends; i++) {
                found |= isNew[i];
            }
            return found;
        }

        /** Whether the task may hold all this while another is in another chain. */
        boolean mayMeet(Chain other, long ownEnd, long otherEnd) {
            return task != other.task && !excludes(other, ownEnd, otherEnd) && !other.excludes(this, otherEnd, ownEnd);
        }

        private boolean excludes(Chain other, long ownEnd, long otherEnd) {
            for (int i = 0; i < held.length; i++) {
                for (int k = 0; exclusively[i] && held[i] != ownEnd && k < other.held.length; k++) {
                    if (other.held[k] != otherEnd && isSame(i, other, k)) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** Of two new things in two runs nobody knows, so that they may be the same. */
        private boolean isSame(int own, Chain other, int others) {
            return run == other.run || !isNew[own] && !other.isNew[others]
                    ? held[own] == other.held[others]
                    : isNew[own] == other.isNew[others]
                            && Sync.classOfLock(held[own]) == Sync.classOfLock(other.held[others]);
        }
    }

    /** A chain seen as leading from one of the locks it holds. */
    private record Edge(Chain chain, long from) {}

    /** Looks at what the current task holds. */
    private static final class Held implements Sync.HeldVisitor {
        private long[] locks = new long[16];
        private boolean[] exclusively = new boolean[16];
        private boolean[] isNew = new boolean[17];
        private int count;
        private int ofClass;
        private LockClass wanted = LockClass.MMAP_LOCK;
        private long hash;

        void look(Sync sync, LockClass lockClass, long seed) {
            wanted = lockClass;
            count = 0;
            ofClass = 0;
            hash = seed;
            sync.forEachHeld(this);
        }

        @Override
        public void see(LockClass of, int mode, int id) {
            long lock = Sync.lockObject(of, id);
            hash = Mix.mix(hash ^ lock << 1 ^ mode);
            if (count == locks.length) {
                locks = Arrays.copyOf(locks, 2 * count);
                exclusively = Arrays.copyOf(exclusively, 2 * count);
                isNew = new boolean[2 * count + 1];
            }
            locks[count] = lock;
            exclusively[count] = mode == Sync.WRITE;
            if (of == wanted) {
                swap(ofClass++, count);
            }
            count++;
        }

        /** Asks what is new, the lock that is waited for included: with the same numbers it is another chain. */
        void ask(World world, LockClass lockClass, int id) {
            for (int i = 0; i <= count; i++) {
                isNew[i] = i == count
                        ? world.isNew(lockClass, id)
                        : world.isNew(Sync.classOfLock(locks[i]), (int) locks[i]);
                hash = Mix.mix(hash ^ (isNew[i] ? 1 : 0));
            }
        }

        private void swap(int a, int b) {
            long lock = locks[a];
            boolean how = exclusively[a];
            locks[a] = locks[b];
            exclusively[a] = exclusively[b];
            locks[b] = lock;
            exclusively[b] = how;
        }
    }

    private final boolean isOn;
    private final World world;
    private final Held held = new Held();
    private final int[] before = new int[LockClass.values().length];
    private final List<String> classChains = new ArrayList<>();
    private final int[] classChain = new int[before.length * before.length];
    private final ObjectSlots slots = new ObjectSlots();
    private final List<Chain> chains = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private long run;
    private boolean mustLook;
    private boolean hasCycle;

    LockOrder(boolean isOn, World world) {
        this.isOn = isOn;
        this.world = world;
    }

    void begin() {
        run++;
        mustLook = false;
    }

    /** A task is about to wait for a lock. */
    void waits(int task, Execution execution, Sync sync, LockClass lockClass, int id) {
        int classes = isOn ? sync.heldClasses() : 0;
        if ((classes & ~before[lockClass.rank()]) != 0) {
            learn(classes, task, execution, lockClass, id);
        }
        if ((classes & 1 << lockClass.rank()) != 0) {
            long taken = Sync.lockObject(lockClass, id);
            held.look(sync, lockClass, Mix.mix(taken << 4 ^ task));
            nests(task, execution, lockClass, id, taken);
        }
    }

    private void nests(int task, Execution execution, LockClass lockClass, int id, long taken) {
        held.ask(world, lockClass, id);
        int slot = slots.of(held.hash);
        if (slots.isNew()) {
            Chain chain = new Chain(task, taken, held, text(task, execution, lockClass, id));
            chains.add(chain);
            for (int i = 0; i < chain.ends; i++) {
                edges.add(new Edge(chain, chain.held[i]));
            }
            mustLook = true;
        }
        Chain chain = chains.get(slot);
        chain.run = run;
        mustLook |= hasCycle || chain.isOfOneRun();
    }

    private static String text(int task, Execution execution, LockClass lockClass, int id) {
        return execution.taskName(task) + ", in '" + execution.currentCall(task) + "', holds " + execution.held(task)
                + " and takes " + lockClass + " of " + lockClass.idName() + " " + id;
    }

    /** Keeps who was the first to take a lock of a class with one of another held. */
    private void learn(int classes, int task, Execution execution, LockClass lockClass, int id) {
        classChains.add(text(task, execution, lockClass, id));
        for (int rest = classes & ~before[lockClass.rank()]; rest != 0; rest &= rest - 1) {
            classChain[pair(Integer.numberOfTrailingZeros(rest), lockClass.rank())] = classChains.size();
        }
        before[lockClass.rank()] |= classes;
    }

    private int pair(int outer, int inner) {
        return outer * before.length + inner;
    }

    /** What to say of a broken order of classes besides who has broken it: who keeps it. */
    String broken(LockProtocolError error) {
        LockClass outer = error.outer();
        LockClass inner = error.inner();
        if (outer == null || inner == null) {
            return "";
        }
        int known = classChain[pair(outer.rank(), inner.rank())];
        return known == 0
                ? "\n  Linux takes " + outer + " before " + inner + "; nobody who does so was seen here"
                : "\n  the other way round: " + classChains.get(known - 1);
    }

    /** Looks for a cycle that a chain of the present run is part of. */
    @Nullable
    String cycle() {
        if (!mustLook) {
            return null;
        }
        List<Edge> path = new ArrayList<>();
        for (Edge edge : edges) {
            path.clear();
            path.add(edge);
            if (edge.chain.run == run && closes(path)) {
                hasCycle = true;
                StringBuilder text = new StringBuilder("tasks that meet here wait for each other for ever");
                for (Edge each : path) {
                    text.append("\n  ").append(each.chain.text).append(each.chain.run == run ? "" : ", in another run");
                }
                return text.toString();
            }
        }
        return null;
    }

    private boolean closes(List<Edge> path) {
        long at = path.getLast().chain.taken;
        if (at == path.getFirst().from && path.size() > 1) {
            return true;
        }
        for (Edge edge : edges) {
            if (edge.from == at && isUsable(edge) && path.stream().allMatch(other -> mayMeet(edge, other))) {
                path.add(edge);
                if (closes(path)) {
                    return true;
                }
                path.removeLast();
            }
        }
        return false;
    }

    private boolean isUsable(Edge edge) {
        return edge.chain.run == run || !edge.chain.isOfOneRun();
    }

    private static boolean mayMeet(Edge a, Edge b) {
        return a.chain.mayMeet(b.chain, a.from, b.from);
    }
}

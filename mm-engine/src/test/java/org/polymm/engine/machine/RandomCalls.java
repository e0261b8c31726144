package org.polymm.engine.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.uffd.UserfaultContexts;
import org.polymm.engine.uffd.UserfaultFlags;

/** Seeded calls of all kinds by a few processes in a small arena. What is called depends on the seed and the processes alone. */
final class RandomCalls {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final int PROCESSES = 4;
    private static final int RW = Mman.PROT_READ | Mman.PROT_WRITE;
    private static final int[] ADVICES = {
        Mman.MADV_DONTNEED,
        Mman.MADV_DONTNEED,
        Mman.MADV_DONTFORK,
        Mman.MADV_DOFORK,
        Mman.MADV_WIPEONFORK,
        Mman.MADV_KEEPONFORK,
        Mman.MADV_HUGEPAGE,
        Mman.MADV_NOHUGEPAGE,
        Mman.MADV_POPULATE_READ,
        Mman.MADV_POPULATE_WRITE,
        Mman.MADV_GUARD_INSTALL,
        Mman.MADV_GUARD_REMOVE,
    };

    private static final long[] FEATURES = {
        0, UserfaultFlags.FEATURE_WP_UNPOPULATED, UserfaultFlags.FEATURE_SIGBUS, UserfaultFlags.FEATURE_WP_ASYNC,
    };

    /** With write protection throughout: entries keep their bit when a VMA is registered for something else, as the kernel's do. */
    private static final int[] MODES = {
        UserfaultFlags.MODE_WP,
        UserfaultFlags.MODE_WP,
        UserfaultFlags.MODE_WP | UserfaultFlags.MODE_MISSING,
        UserfaultFlags.MODE_WP | UserfaultFlags.MODE_MINOR,
    };

    private static final int[] AGING = {
        Mman.MADV_PAGEOUT, Mman.MADV_PAGEOUT, Mman.MADV_COLD, Mman.MADV_FREE, Mman.MADV_DONTNEED_LOCKED,
    };

    private final Machine machine;
    private final Random random;
    private final long arena;
    private final int pages;
    private final List<Integer> mms;
    private final List<Integer> held = new ArrayList<>();
    private long token;

    RandomCalls(Machine machine, long seed, List<Integer> mms) {
        this.machine = machine;
        this.random = new Random(seed);
        this.mms = new ArrayList<>(mms);
        Geometry geometry = machine.blueprint().geometry();
        arena = geometry.pmdSize() * 4;
        pages = geometry.pmdPages() * 4;
    }

    /** {@return the processes that are there now} */
    List<Integer> processes() {
        return List.copyOf(mms);
    }

    void run(int calls) {
        for (int call = 0; call < calls; call++) {
            if (mms.isEmpty()) {
                mms.add(machine.spawn());
            }
            step(mms.get(random.nextInt(mms.size())));
        }
    }

    private void step(int mm) {
        long start = arena + random.nextInt(pages) * PAGE;
        long length = (1 + random.nextInt(pages / 4)) * PAGE;
        if (random.nextInt(8) == 0) {
            watch(mm, start, length);
            return;
        }
        switch (random.nextInt(39)) {
            case 0, 1, 2 -> map(mm, start, length);
            case 3 -> machine.munmap(mm, start, length);
            case 4 -> machine.mprotect(mm, start, length, random.nextInt(3) == 0 ? Mman.PROT_READ : RW);
            case 5 -> machine.madvise(mm, start, length, ADVICES[random.nextInt(ADVICES.length)]);
            case 6 -> fork(mm);
            case 7 -> exit(mm);
            case 8 -> move(mm, start, length);
            case 9 -> machine.mlock(mm, start, length);
            case 10 -> machine.munlock(mm, start, length);
            case 11 -> machine.brk(mm, machine.brk(mm, 0) + (random.nextInt(8) - 3) * PAGE);
            case 12, 13, 14 -> machine.touch(mm, start, MemoryAccess.READ);
            case 15 -> run(mm, start, length);
            case 16 ->
                machine.madvise(
                        mm, start, length + machine.blueprint().geometry().pmdSize(), Mman.MADV_COLLAPSE);
            case 17 -> machine.khugepaged(pages);
            case 18 -> machine.dropCaches();
            case 19 -> machine.madvise(mm, start, length, AGING[random.nextInt(AGING.length)]);
            case 20 -> machine.reclaim(1 + random.nextInt(pages));
            case 28, 29 -> hold(mm, start, Math.min(length, 6 * PAGE));
            case 30 -> release();
            case 31, 32, 33 -> dma();
            case 34 -> fork(mm);
            case 35 -> machine.madvise(mm, start, length, random.nextBoolean() ? Mman.MADV_DONTFORK : Mman.MADV_DOFORK);
            default -> machine.write(mm, start, ++token);
        }
    }

    /** A call of userfaultfd. Who is to wait waits for good unless a later call resolves it by chance. */
    private void watch(int mm, long start, long length) {
        UserfaultCalls calls = machine.userfaults();
        int context = contextOf(mm);
        if (context == 0) {
            context = calls.open(mm, FEATURES[random.nextInt(FEATURES.length)]);
            long all = random.nextBoolean() ? arena : start;
            calls.register(context, all, length, MODES[random.nextInt(MODES.length)]);
            return;
        }
        int mode = random.nextInt(4) == 0 ? UserfaultFlags.FILL_WP : 0;
        switch (random.nextInt(16)) {
            case 0, 1 -> calls.register(context, start, length, MODES[random.nextInt(MODES.length)]);
            case 2 -> calls.unregister(context, start, length);
            case 3, 4 -> calls.copy(context, start, length, ++token, 0, mode);
            case 5 -> calls.zeropage(context, start, length, 0);
            case 6 -> calls.proceed(context, start, length, mode);
            case 7 -> calls.poison(context, start, Math.min(length, 2 * PAGE), 0);
            case 8, 9, 10, 11 -> calls.writeProtect(context, start, length, UserfaultFlags.WP);
            case 12 -> calls.writeProtect(context, start, length, 0);
            case 13 -> calls.wake(context, start, length);
            case 14 -> calls.finish(mm, start);
            default -> {
                if (random.nextInt(4) == 0) {
                    calls.close(context);
                }
            }
        }
    }

    private int contextOf(int mm) {
        int[] found = new int[1];
        UserfaultContexts contexts = machine.userfaults().contexts();
        contexts.forEach(context -> found[0] = contexts.mm(context) == mm ? context : found[0]);
        return found[0];
    }

    private void hold(int mm, long start, long length) {
        int handle = random.nextInt(4) == 0
                ? machine.pins().reference(mm, start, length)
                : machine.pins().pin(mm, start, length, random.nextBoolean(), random.nextBoolean());
        if (handle > 0) {
            held.add(handle);
        }
    }

    private void release() {
        if (!held.isEmpty()) {
            int handle = held.get(random.nextInt(held.size()));
            held.removeIf(other -> other == handle);
            machine.pins().release(handle);
        }
    }

    /** A device writes to a page that it holds, and reads it; the handle may be gone with its process. */
    private void dma() {
        if (!held.isEmpty()) {
            int handle = held.get(random.nextInt(held.size()));
            int pages = machine.pins().pages(handle);
            if (pages > 0) {
                int index = random.nextInt(pages);
                machine.pins().write(handle, index, ++token);
                machine.pins().read(handle, index);
            }
        }
    }

    private void map(int mm, long start, long length) {
        int prot = random.nextInt(6) == 0 ? Mman.PROT_READ : RW;
        int sharing = random.nextInt(5) == 0 ? Mman.MAP_SHARED : Mman.MAP_PRIVATE;
        if (random.nextInt(5) == 0) {
            int file = machine.file(1 + random.nextInt(3), 64);
            machine.mmap(mm, start, length, prot, sharing | Mman.MAP_FIXED, file, random.nextInt(16) * PAGE);
        } else {
            machine.mmap(mm, start, length, prot, sharing | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED, 0, 0);
        }
    }

    private void run(int mm, long start, long length) {
        for (long at = start; at < start + length; at += PAGE) {
            machine.write(mm, at, ++token);
        }
    }

    private void fork(int mm) {
        if (mms.size() < PROCESSES) {
            int child = machine.fork(mm);
            if (child > 0) {
                mms.add(child);
            }
        }
    }

    private void exit(int mm) {
        int choice = random.nextInt(4);
        if (choice == 0) {
            machine.exit(mm);
            mms.remove(Integer.valueOf(mm));
        } else if (choice == 1) {
            mms.set(mms.indexOf(mm), machine.exec(mm));
        }
    }

    private void move(int mm, long start, long length) {
        long target = arena + random.nextInt(pages) * PAGE;
        long newLength = random.nextBoolean() ? length : (1 + random.nextInt(pages / 4)) * PAGE;
        int flags = Mman.MREMAP_MAYMOVE | (random.nextBoolean() ? Mman.MREMAP_FIXED : 0);
        machine.mremap(mm, start, length, newLength, flags, target);
    }
}

package org.polymm.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;

/**
 * A seeded program of memory operations by a few processes in a small arena, for machines that check themselves after every operation. The
 * operations may fail; what they must not do is break an invariant or contents.
 */
final class RandomProgram {

    private static final long PAGE = 4096;
    private static final int PROCESSES = 4;

    private final Machine machine;
    private final Random random;
    private final long arena;
    private final int pages;
    private final List<Integer> mms = new ArrayList<>();
    private long token;

    RandomProgram(Machine machine, long seed, int pages) {
        this.machine = machine;
        this.random = new Random(seed);
        this.pages = pages;
        this.arena = machine.blueprint().geometry().pmdSize() * 4;
        int first = machine.spawn();
        mms.add(first);
        machine.mmap(first, arena, pages * PAGE, 3, Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED, 0, 0);
    }

    /** Runs operations, then ends all processes. */
    void run(int operations) {
        for (int operation = 0; operation < operations; operation++) {
            step(mms.get(random.nextInt(mms.size())));
        }
        while (!mms.isEmpty()) {
            machine.exit(mms.removeLast());
        }
    }

    private void step(int mm) {
        long start = arena + random.nextInt(pages) * PAGE;
        long length = (1 + random.nextInt(Math.max(1, pages / 4))) * PAGE;
        switch (random.nextInt(24)) {
            case 0 -> mmap(mm, start, length);
            case 1 -> machine.munmap(mm, start, length);
            case 2 -> machine.mprotect(mm, start, length, random.nextInt(3) == 0 ? Mman.PROT_READ : 3);
            case 3 -> machine.madvise(mm, start, length, advice());
            case 4 -> fork(mm);
            case 5 -> exit(mm);
            case 6 -> mremap(mm, start, length);
            case 7 -> machine.mlock(mm, start, length);
            case 8 -> machine.munlock(mm, start, length);
            case 9, 10, 11 -> read(mm, start);
            default -> machine.write(mm, start, ++token);
        }
    }

    private void mmap(int mm, long start, long length) {
        int prot = random.nextInt(6) == 0 ? Mman.PROT_READ : 3;
        int sharing = random.nextInt(8) == 0 ? Mman.MAP_SHARED : Mman.MAP_PRIVATE;
        machine.mmap(mm, start, length, prot, sharing | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED, 0, 0);
    }

    private int advice() {
        int[] advices = {
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
            Mman.MADV_COLLAPSE,
        };
        return advices[random.nextInt(advices.length)];
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
        if (mms.size() > 1 && random.nextInt(3) == 0) {
            machine.exit(mm);
            mms.remove(Integer.valueOf(mm));
        }
    }

    private void mremap(int mm, long start, long length) {
        long target = arena + random.nextInt(pages) * PAGE;
        long newLength = random.nextBoolean() ? length : (1 + random.nextInt(Math.max(1, pages / 4))) * PAGE;
        if (random.nextBoolean()) {
            machine.mremap(mm, start, length, newLength, Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED, target);
        } else {
            machine.mremap(mm, start, length, newLength, Mman.MREMAP_MAYMOVE, 0);
        }
    }

    private void read(int mm, long address) {
        machine.touch(mm, address, 0);
    }
}

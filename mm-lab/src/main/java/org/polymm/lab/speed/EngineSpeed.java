package org.polymm.lab.speed;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.ThpMode;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Geometry;

/** Times the operations of a simulated machine. Belongs to one thread. */
public final class EngineSpeed {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final int RW = Mman.PROT_READ | Mman.PROT_WRITE;
    private static final int PRIVATE = Mman.MAP_PRIVATE | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED;
    private static final long BASE = 0x1000_0000_0000L;
    private static final long ELSEWHERE = 0x2000_0000_0000L;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Machine machine;
    private final int pages;

    /**
     * Times a machine. What the machine has in the way of huge page settings is changed while it is timed.
     *
     * @param machine without processes, of 512 entries a table, with memory for four times the pages
     * @param pages how many base pages a round works on, a multiple of 512
     */
    public EngineSpeed(Machine machine, int pages) {
        if (pages < 512 || pages % 512 != 0) {
            throw new IllegalArgumentException("a round of " + pages + " pages: must be a multiple of 512");
        }
        this.machine = machine;
        this.pages = pages;
    }

    /**
     * Times one operation.
     *
     * @param operation which
     * @param warmUps rounds that do not count
     * @param rounds rounds that do
     * @return nanoseconds of thread CPU time for each page or huge page
     */
    public Timing time(TimedOperation operation, int warmUps, int rounds) {
        machine.memory().thp().setEnabled(9, operation == TimedOperation.THP_FAULT ? ThpMode.ALWAYS : ThpMode.NEVER);
        double[] nanos = new double[rounds];
        for (int round = -warmUps; round < rounds; round++) {
            double took = round(operation);
            if (round >= 0) {
                nanos[round] = took;
            }
        }
        return Timing.of(nanos);
    }

    private double round(TimedOperation operation) {
        int mm = machine.spawn();
        machine.spaces().mms().rlimitMemlock(mm, Long.MAX_VALUE);
        expect(machine.mmap(mm, BASE, pages * PAGE, RW, PRIVATE, 0, 0), BASE);
        double nanos = switch (operation) {
            case FIRST_TOUCH -> timed(pages, () -> touch(mm));
            case THP_FAULT -> hugeFaults(mm);
            case FORK -> forked(mm, false);
            case COW_COPY -> forked(mm, true);
            case COW_REUSE -> reused(mm);
            case MUNMAP -> touched(mm, () -> expect(machine.munmap(mm, BASE, pages * PAGE), 0));
            case MLOCK -> touched(mm, () -> expect(machine.mlock(mm, BASE, pages * PAGE), 0));
            case COLLAPSE -> touched(mm, () -> expect(machine.madvise(mm, BASE, pages * PAGE, Mman.MADV_COLLAPSE), 0));
            case MREMAP -> touched(mm, () -> move(mm));
        };
        machine.exit(mm);
        return nanos;
    }

    /** Again and again, or there are too few for the compiler to think them worth its while. */
    private double hugeFaults(int mm) {
        double sum = 0;
        int times = 128;
        for (int time = 0; time < times; time++) {
            sum += timed(pages / 512, () -> touchBlocks(mm));
            expect(machine.madvise(mm, BASE, pages * PAGE, Mman.MADV_DONTNEED), 0);
        }
        return sum / times;
    }

    private double touched(int mm, Runnable work) {
        touch(mm);
        return timed(pages, work);
    }

    private double forked(int mm, boolean thenWrites) {
        touch(mm);
        int[] child = new int[1];
        double nanos = timed(pages, () -> child[0] = machine.fork(mm));
        if (thenWrites) {
            nanos = timed(pages, () -> touch(mm));
        }
        machine.exit(child[0]);
        return nanos;
    }

    private double reused(int mm) {
        touch(mm);
        machine.exit(machine.fork(mm));
        return timed(pages, () -> touch(mm));
    }

    private void move(int mm) {
        int flags = Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
        expect(machine.mremap(mm, BASE, pages * PAGE, pages * PAGE, flags, ELSEWHERE + PAGE), ELSEWHERE + PAGE);
    }

    private void touch(int mm) {
        for (long page = 0; page < pages; page++) {
            write(mm, BASE + page * PAGE);
        }
    }

    private void touchBlocks(int mm) {
        for (long page = 0; page < pages; page += 512) {
            write(mm, BASE + page * PAGE);
        }
    }

    private void write(int mm, long address) {
        if (machine.touch(mm, address, MemoryAccess.WRITE) < 0) {
            throw new IllegalStateException("a write at 0x" + Long.toHexString(address) + " failed; the machine needs "
                    + (4L * pages * PAGE >> 20) + " MiB");
        }
    }

    private static void expect(long result, long expected) {
        if (result != expected) {
            throw new IllegalStateException("a call returned " + result + " where " + expected + " was expected");
        }
    }

    private double timed(long things, Runnable work) {
        long before = threads.getCurrentThreadCpuTime();
        work.run();
        return (double) (threads.getCurrentThreadCpuTime() - before) / things;
    }
}

package org.polymm.linux;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Random operations of up to six processes on a window of memory, the same for the same seed, streamed to a kernel. */
final class RandomProgram {
    static final int WINDOW = 192;
    private static final int PROCESSES = 6;
    private static final int[] ADVICE = {4, 8, 9, 14, 15, 20, 21, 22, 23, 24, 25};
    /** Of the flags of a frame: what does not depend on time. */
    private static final long EXACT_FLAGS = HostSnapshot.KPF_ANON
            | HostSnapshot.KPF_SWAPBACKED
            | HostSnapshot.KPF_COMPOUND_HEAD
            | HostSnapshot.KPF_COMPOUND_TAIL
            | HostSnapshot.KPF_HUGE
            | HostSnapshot.KPF_KSM
            | HostSnapshot.KPF_THP
            | HostSnapshot.KPF_ZERO_PAGE
            | HostSnapshot.KPF_MLOCKED
            | HostSnapshot.KPF_UNEVICTABLE;

    private static final long EXACT_PAGEMAP = HostSnapshot.PRESENT
            | HostSnapshot.SWAPPED
            | HostSnapshot.FILE
            | HostSnapshot.UFFD_WP
            | HostSnapshot.MAPPED_ONCE;

    private final HostKernel kernel;
    private final HostSnapshot snapshot = new HostSnapshot(HostKernel.BASE, WINDOW);
    private final boolean[] snapshotNext = new boolean[HostKernel.WORKERS * 1024];
    private Random random = new Random(0);
    private int live;
    private int sent;
    private int heard;

    RandomProgram(HostKernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Runs a program from a state without workers.
     *
     * @return a hash of each outcome and of each snapshot, in order
     */
    long[] run(long seed, int operations, int snapshotEvery) {
        random = new Random(seed);
        live = 1;
        sent = 0;
        heard = 0;
        long[] seen = new long[operations * 2 + 2];
        push(false, kernel.spawn(0, true));
        for (int i = 0; i < operations; i++) {
            while (kernel.room() < 2) {
                hear(seen);
            }
            operation();
            push(false, kernel);
            if (i % snapshotEvery == snapshotEvery - 1) {
                push(true, kernel.snapshot(HostKernel.BASE, WINDOW, true, true));
            }
        }
        while (kernel.pending() > 0) {
            hear(seen);
        }
        return Arrays.copyOf(seen, heard);
    }

    private void push(boolean isSnapshot, HostKernel queued) {
        snapshotNext[sent++ % snapshotNext.length] = isSnapshot;
        assert queued.pending() > 0;
    }

    private void hear(long[] seen) {
        HostReply reply = kernel.next();
        if (snapshotNext[heard % snapshotNext.length]) {
            seen[heard] = hash(snapshot.read(reply));
        } else {
            long value = reply.value() > 1 && reply.value() < HostKernel.BASE ? 0 : reply.value();
            seen[heard] = ((value * 31 + reply.errno()) * 31 + reply.signal()) * 31 + reply.count();
        }
        heard++;
    }

    private void operation() {
        int worker = pick();
        int first = random.nextInt(WINDOW);
        int pages = 1 + random.nextInt(random.nextInt(4) == 0 ? WINDOW - first : Math.min(16, WINDOW - first));
        long address = HostKernel.BASE + first * HostKernel.PAGE;
        long length = pages * HostKernel.PAGE;
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> kernel.call(worker, SystemCalls.MMAP, address, length, 3, 0x32, -1, 0);
            case 3 -> kernel.call(worker, SystemCalls.MUNMAP, address, length, 0, 0, 0, 0);
            case 4, 5 -> kernel.call(worker, SystemCalls.MPROTECT, address, length, random.nextInt(4), 0, 0, 0);
            case 6, 7 ->
                kernel.call(
                        worker, SystemCalls.MADVISE, address, length, ADVICE[random.nextInt(ADVICE.length)], 0, 0, 0);
            case 8 -> kernel.call(worker, SystemCalls.MLOCK, address, length, 0, 0, 0, 0);
            case 9 -> kernel.call(worker, SystemCalls.MUNLOCK, address, length, 0, 0, 0, 0);
            case 10 -> {
                long to = HostKernel.BASE + random.nextInt(WINDOW - pages + 1) * HostKernel.PAGE;
                kernel.call(worker, SystemCalls.MREMAP, address, length, length, 3, to, 0);
            }
            case 11 -> fork(worker);
            case 12 -> exit(worker);
            case 13, 14, 15 -> kernel.loadRange(worker, address, pages, false);
            default -> kernel.storeRange(worker, address, pages, random.nextInt() & 0xFFFF_FFFFL, 1);
        }
    }

    private int pick() {
        int index = random.nextInt(Integer.bitCount(live));
        int worker = 0;
        for (int bits = live; ; worker++, bits >>= 1) {
            if ((bits & 1) != 0 && index-- == 0) {
                return worker;
            }
        }
    }

    private void fork(int worker) {
        int child = Integer.numberOfTrailingZeros(~live);
        if (child >= PROCESSES) {
            kernel.load(worker, HostKernel.BASE);
            return;
        }
        live |= 1 << child;
        kernel.fork(worker, child);
    }

    private void exit(int worker) {
        if (Integer.bitCount(live) == 1) {
            kernel.load(worker, HostKernel.BASE);
            return;
        }
        live &= ~(1 << worker);
        kernel.exit(worker);
    }

    /** A hash in which folios have the order of their first appearance for a name. */
    static long hash(HostSnapshot s) {
        Map<Long, Integer> names = new HashMap<>();
        long hash = s.processCount();
        for (int slot = 0; slot < s.processCount(); slot++) {
            hash = hash * 31 + s.workerAt(slot);
            for (int i = 0; i < s.vmaCount(slot); i++) {
                hash = ((hash * 31 + s.vmaStart(slot, i)) * 31 + s.vmaEnd(slot, i)) * 31 + s.vmaBits(slot, i);
            }
            for (int page = 0; page < s.pages(); page++) {
                hash = hash * 31 + (s.pagemap(slot, page) & EXACT_PAGEMAP);
                if (s.pfn(slot, page) == 0) {
                    continue;
                }
                int name = names.computeIfAbsent(s.folioHead(slot, page), head -> names.size());
                hash = hash * 31 + name;
                hash = hash * 31 + s.folioIndex(slot, page);
                hash = hash * 31 + s.folioOrder(slot, page);
                hash = hash * 31 + (s.flags(slot, page) & EXACT_FLAGS);
                if ((s.flags(slot, page) & HostSnapshot.KPF_ZERO_PAGE) == 0) {
                    hash = hash * 31 + s.mapcount(slot, page);
                }
                hash = hash * 31 + (s.hasContent(slot, page) ? s.content(slot, page) : -1);
            }
        }
        return hash;
    }
}

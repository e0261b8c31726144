package org.polymm.engine.check;

import java.util.BitSet;
import java.util.List;
import org.polymm.engine.frame.BuddyAllocator;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.VmstatItem;

/**
 * Whether every frame is somewhere, and the free ones where the allocator says.
 *
 * <pre>
 *   all frames = free (lists and per-CPU cache) + zero pages + folios that something refers to
 * </pre>
 *
 * <p>Sums suffice as long as they agree, because a frame cannot be on a free list and allocated at once. Only when they do not are the
 * frames looked at one by one, for those to which nothing leads.
 */
final class FrameCheck {

    private final PhysicalMemory memory;
    private final Frames frames;
    private final BuddyAllocator buddy;
    private final List<Violation> found;

    FrameCheck(PhysicalMemory memory, List<Violation> found) {
        this.memory = memory;
        this.frames = memory.frames();
        this.buddy = memory.buddy();
        this.found = found;
    }

    void check(BitSet reachable) {
        long free = walkFree();
        same("frames on the free lists and in the cache", free, buddy.freeFrames());
        same(
                "frames on the free lists",
                free - buddy.cachedFrames(),
                memory.vmstat().get(VmstatItem.NR_FREE_PAGES));
        int hugeZero = memory.folios().madeHugeZeroPfn();
        long used = Frames.ZERO_PFN + 1L + (hugeZero == 0 ? 0 : frames.pages(hugeZero));
        for (int head = reachable.nextSetBit(0); head >= 0; head = reachable.nextSetBit(head + 1)) {
            used += frames.pages(head);
        }
        if (free + used != frames.frameCount()) {
            explain(reachable, hugeZero, free + used);
        }
    }

    private long walkFree() {
        long free = 0;
        for (int order = 0; order <= buddy.maxOrder(); order++) {
            long blocks = 0;
            for (int pfn = buddy.firstFree(order); pfn != 0; pfn = buddy.nextFree(pfn, order)) {
                blocks++;
                isFree(pfn);
            }
            same("free blocks of order " + order, blocks, buddy.nrFree(order));
            free += blocks << order;
        }
        for (int index = 0; index < buddy.cachedFrames(); index++) {
            isFree(buddy.cachedFrame(index));
        }
        return free + buddy.cachedFrames();
    }

    private void isFree(int pfn) {
        if (frames.isAllocated(pfn)) {
            report("a free list has " + frames.describe(pfn));
        }
    }

    /** The sums do not agree: names what nothing leads to. */
    private void explain(BitSet reachable, int hugeZero, long accounted) {
        boolean lost = false;
        for (int pfn = Frames.ZERO_PFN + 1; pfn < frames.frameCount(); pfn++) {
            if (frames.isHead(pfn) && pfn != hugeZero && !reachable.get(pfn)) {
                lost = true;
                report("nothing leads to " + frames.describe(pfn));
            }
        }
        if (!lost && accounted != frames.frameCount()) {
            report(accounted + " frames are free, reserved or in use, of " + frames.frameCount());
        }
    }

    private void same(String what, long seen, long counted) {
        if (seen != counted) {
            report(seen + " " + what + ", counted " + counted);
        }
    }

    private void report(String detail) {
        found.add(new Violation(Invariant.FRAMES_ADD_UP, detail));
    }
}

package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

/** Physical memory on its own, with what tests ask again and again. */
final class TestMemory {

    final StateSpace space = new StateSpace();
    final Sync sync = new Sync(space);
    final EventLog events = new EventLog(space, 64);
    final Geometry geometry;
    final PhysicalMemory memory;
    final Frames frames;
    final BuddyAllocator buddy;
    final Folios folios;
    final LruLists lru;
    final MlockBatch mlock;
    final Vmstat vmstat;

    TestMemory(Geometry geometry, int frameCount) {
        this.geometry = geometry;
        this.memory = new PhysicalMemory(space, geometry, frameCount, true, sync, events);
        this.frames = memory.frames();
        this.buddy = memory.buddy();
        this.folios = memory.folios();
        this.lru = memory.lru();
        this.mlock = memory.mlock();
        this.vmstat = memory.vmstat();
    }

    static TestMemory small() {
        return new TestMemory(Geometry.SMALL, 64);
    }

    static TestMemory large() {
        return new TestMemory(Geometry.X86_64, 1 << 16);
    }

    long count(VmstatItem item) {
        return vmstat.get(item);
    }

    /** A new anonymous folio that is on its LRU list, with the one reference of its caller. */
    int onList(int order) {
        int head = folios.allocAnon(order);
        lru.add(head);
        lru.drain();
        return head;
    }

    /** The folios of a list, newest first; its links are checked on the way. */
    List<Integer> list(LruList list) {
        List<Integer> found = new ArrayList<>();
        int newer = 0;
        for (int head = lru.newest(list); head != 0; head = lru.older(head)) {
            assertEquals(newer, lru.newer(head), "the link back of " + frames.describe(head));
            assertTrue(frames.test(head, Frames.LRU), frames.describe(head));
            found.add(head);
            newer = head;
        }
        assertEquals(newer, lru.oldest(list));
        return found;
    }

    /** Free blocks do not overlap, are aligned, and could not be merged; the counters say what there is. */
    void checkFreeLists() {
        BitSet free = new BitSet();
        long onLists = 0;
        for (int order = 0; order <= buddy.maxOrder(); order++) {
            int blocks = 0;
            for (int pfn = buddy.firstFree(order); pfn != 0; pfn = buddy.nextFree(pfn, order)) {
                assertEquals(0, pfn & (1 << order) - 1, "block " + pfn + " of order " + order + " is aligned");
                assertEquals(pfn + (1 << order), firstSet(free, pfn, pfn + (1 << order)), "block " + pfn + " overlaps");
                free.set(pfn, pfn + (1 << order));
                blocks++;
            }
            assertEquals(blocks, buddy.nrFree(order), "blocks of order " + order);
            onLists += (long) blocks << order;
        }
        for (int order = 0; order < buddy.maxOrder(); order++) {
            for (int pfn = buddy.firstFree(order); pfn != 0; pfn = buddy.nextFree(pfn, order)) {
                int other = pfn ^ 1 << order;
                for (int rival = buddy.firstFree(order); rival != 0; rival = buddy.nextFree(rival, order)) {
                    assertFalse(rival == other, "blocks " + pfn + " and " + other + " are buddies and both free");
                }
            }
        }
        assertEquals(onLists, count(VmstatItem.NR_FREE_PAGES));
        for (int i = 0; i < buddy.cachedFrames(); i++) {
            int pfn = buddy.cachedFrame(i);
            assertFalse(free.get(pfn), "cached frame " + pfn + " is not free twice");
            free.set(pfn);
        }
        assertEquals(free.cardinality(), buddy.freeFrames());
        for (int pfn = 0; pfn < frames.frameCount(); pfn++) {
            assertEquals(!free.get(pfn), frames.isAllocated(pfn), "frame " + pfn + ": " + frames.describe(pfn));
        }
    }

    private static int firstSet(BitSet bits, int from, int end) {
        int at = bits.nextSetBit(from);
        return at < 0 || at > end ? end : at;
    }
}

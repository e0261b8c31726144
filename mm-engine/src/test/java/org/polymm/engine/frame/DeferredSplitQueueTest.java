package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeferredSplitQueueTest {

    private final TestMemory m = TestMemory.large();
    private final DeferredSplitQueue queue = m.memory.deferred();
    private final MthpStats mthp = m.memory.mthp();

    @Test
    void folios_are_taken_oldest_first_with_a_reference() {
        int first = m.folios.allocAnon(4);
        int second = m.folios.allocAnon(9);
        queue.queue(first, true);
        queue.queue(second, true);
        queue.queue(first, true);
        assertEquals(2, queue.length());
        assertEquals(second, queue.next(first));
        assertEquals(first, queue.takeFirst());
        assertEquals(2, m.frames.refcount(first));
        assertFalse(queue.contains(first));
        assertTrue(m.frames.test(first, Frames.PARTIALLY_MAPPED), "that stays remembered");
        queue.requeue(first);
        assertEquals(second, queue.takeFirst());
        assertEquals(first, queue.takeFirst());
        assertEquals(0, queue.takeFirst());
    }

    @Test
    void partially_mapped_is_counted_once_and_by_order() {
        int mthpFolio = m.folios.allocAnon(4);
        int pmdFolio = m.folios.allocAnon(9);
        queue.queue(pmdFolio, false);
        assertEquals(0, mthp.get(MthpStat.SPLIT_DEFERRED, 9));
        for (int i = 0; i < 3; i++) {
            queue.queue(mthpFolio, true);
            queue.queue(pmdFolio, true);
        }
        assertEquals(1, mthp.get(MthpStat.SPLIT_DEFERRED, 4));
        assertEquals(1, mthp.get(MthpStat.SPLIT_DEFERRED, 9));
        assertEquals(1, mthp.get(MthpStat.NR_ANON_PARTIALLY_MAPPED, 9));
        assertEquals(1, m.count(VmstatItem.THP_DEFERRED_SPLIT_PAGE), "only the PMD order counts there");
    }

    @Test
    void a_freed_folio_leaves_the_queue_from_its_middle() {
        int[] heads = {m.folios.allocAnon(2), m.folios.allocAnon(2), m.folios.allocAnon(2)};
        for (int head : heads) {
            queue.queue(head, true);
        }
        m.folios.put(heads[1], 1);
        assertEquals(2, queue.length());
        assertEquals(heads[2], queue.next(heads[0]));
        assertEquals(2, mthp.get(MthpStat.NR_ANON_PARTIALLY_MAPPED, 2));
        m.folios.put(heads[2], 1);
        m.folios.put(heads[0], 1);
        assertEquals(0, queue.length());
        assertEquals(0, mthp.total(MthpStat.NR_ANON_PARTIALLY_MAPPED));
    }

    @Test
    void a_folio_queued_after_the_last_one_left_is_found() {
        int first = m.folios.allocAnon(2);
        int second = m.folios.allocAnon(2);
        int third = m.folios.allocAnon(2);
        queue.queue(first, true);
        queue.queue(second, true);
        queue.unqueue(second);
        queue.queue(third, true);
        assertEquals(third, queue.next(first));
        queue.unqueue(first);
        queue.unqueue(third);
        queue.queue(second, true);
        assertEquals(second, queue.first());
        assertEquals(1, queue.length());
    }

    @Test
    void small_folios_and_those_in_the_swap_cache_are_not_queued() {
        int pair = m.folios.allocAnon(1);
        int swapped = m.folios.allocAnon(4);
        m.frames.setFlags(swapped, Frames.SWAPCACHE);
        queue.queue(m.folios.allocAnon(0), true);
        queue.queue(pair, true);
        queue.queue(swapped, true);
        assertEquals(0, queue.length());
    }

    @Test
    void whole_folios_are_queued_only_while_underused_ones_are_to_be_found() {
        int head = m.folios.allocAnon(9);
        m.memory.thp().set(ThpTunable.SHRINK_UNDERUSED, 0);
        queue.queue(head, false);
        assertEquals(0, queue.length());
        m.memory.thp().set(ThpTunable.SHRINK_UNDERUSED, 1);
        queue.queue(head, false);
        assertEquals(1, queue.length());
        assertFalse(m.frames.test(head, Frames.PARTIALLY_MAPPED));
    }
}

package org.polymm.engine.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.state.Snapshot;

/** The counters are those of /proc/vmstat, the rules those of mm/mlock.c. */
class MlockBatchTest {

    private final TestMemory m = TestMemory.large();
    private final Frames frames = m.frames;
    private final MlockBatch mlock = m.mlock;

    private void assertCounts(long mlockPages, long unevictable) {
        assertEquals(mlockPages, m.count(VmstatItem.NR_MLOCK), "nr_mlock");
        assertEquals(unevictable, m.count(VmstatItem.NR_UNEVICTABLE), "nr_unevictable");
    }

    @Test
    void nr_mlock_counts_at_once_and_the_folio_moves_when_the_batch_is_drained() {
        int head = m.onList(0);
        mlock.mlockFolio(head);
        assertCounts(1, 0);
        assertEquals(2, frames.refcount(head), "the batch holds a reference");
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
        m.lru.drain();
        assertCounts(1, 1);
        assertEquals(1, frames.refcount(head));
        assertEquals(List.of(), m.list(LruList.INACTIVE_ANON));
        assertEquals(1, frames.mlockCount(head));
        assertEquals(1, m.count(VmstatItem.UNEVICTABLE_PGS_MLOCKED));
        assertEquals(1, m.count(VmstatItem.UNEVICTABLE_PGS_CULLED));
    }

    @Test
    void a_large_folio_is_applied_at_once_with_all_its_pages() {
        int head = m.onList(9);
        mlock.mlockFolio(head);
        assertCounts(512, 512);
        assertTrue(frames.test(head, Frames.UNEVICTABLE));
        mlock.munlockFolio(head);
        assertCounts(0, 0);
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
        assertEquals(512, m.count(VmstatItem.UNEVICTABLE_PGS_MUNLOCKED));
        assertEquals(512, m.count(VmstatItem.UNEVICTABLE_PGS_RESCUED));
    }

    @Test
    void the_thirty_first_entry_applies_the_batch() {
        int[] heads = new int[31];
        for (int i = 0; i < 31; i++) {
            heads[i] = m.folios.allocAnon(0);
            m.lru.add(heads[i]);
        }
        m.lru.drain();
        for (int i = 0; i < 30; i++) {
            mlock.mlockFolio(heads[i]);
        }
        assertCounts(30, 0);
        mlock.mlockFolio(heads[30]);
        assertCounts(31, 31);
    }

    @Test
    void a_folio_locked_twice_needs_two_munlocks() {
        int head = m.onList(0);
        mlock.mlockFolio(head);
        m.lru.drain();
        mlock.mlockFolio(head);
        m.lru.drain();
        assertEquals(2, frames.mlockCount(head));
        assertCounts(1, 1);
        mlock.munlockFolio(head);
        m.lru.drain();
        assertTrue(frames.test(head, Frames.MLOCKED));
        mlock.munlockFolio(head);
        m.lru.drain();
        assertFalse(frames.test(head, Frames.MLOCKED));
        assertCounts(0, 0);
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
    }

    @Test
    void a_new_folio_of_a_locked_vma_goes_straight_to_the_unevictable_list() {
        int head = m.folios.allocAnon(0);
        m.lru.addNew(head, true);
        assertCounts(1, 0);
        m.lru.drain();
        assertCounts(1, 1);
        assertEquals(1, frames.mlockCount(head));
        assertTrue(frames.testAll(head, Frames.LRU | Frames.UNEVICTABLE | Frames.MLOCKED));
        assertEquals(1, frames.refcount(head));
    }

    @Test
    void mlock_of_an_isolated_folio_only_sets_the_flag_and_the_putback_finds_it_unevictable_with_count_zero() {
        int head = m.onList(0);
        assertTrue(m.lru.isolate(head));
        mlock.mlockFolio(head);
        m.lru.drain();
        assertCounts(1, 0);
        assertFalse(frames.test(head, Frames.UNEVICTABLE));
        m.lru.putback(head);
        m.lru.drain();
        assertCounts(1, 1);
        assertEquals(0, frames.mlockCount(head), "the count errs on the low side");
        mlock.munlockFolio(head);
        m.lru.drain();
        assertCounts(0, 0);
        assertEquals(1, m.count(VmstatItem.UNEVICTABLE_PGS_MUNLOCKED));
    }

    @Test
    void munlock_of_a_folio_that_another_has_isolated_counts_it_as_stranded_until_it_is_put_back() {
        int head = m.onList(0);
        mlock.mlockFolio(head);
        m.lru.drain();
        assertTrue(m.lru.isolate(head));
        mlock.munlockFolio(head);
        m.lru.drain();
        assertEquals(1, m.count(VmstatItem.UNEVICTABLE_PGS_STRANDED));
        assertEquals(0, m.count(VmstatItem.UNEVICTABLE_PGS_MUNLOCKED));
        assertFalse(frames.test(head, Frames.MLOCKED));
        assertTrue(frames.test(head, Frames.UNEVICTABLE));
        m.lru.putback(head);
        m.lru.drain();
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
        assertEquals(1, m.count(VmstatItem.UNEVICTABLE_PGS_RESCUED));
        assertCounts(0, 0);
    }

    @Test
    void munlock_of_a_folio_isolated_before_it_became_unevictable_counts_as_munlocked() {
        int head = m.onList(0);
        assertTrue(m.lru.isolate(head));
        mlock.mlockFolio(head);
        mlock.munlockFolio(head);
        m.lru.drain();
        assertEquals(1, m.count(VmstatItem.UNEVICTABLE_PGS_MUNLOCKED));
        assertEquals(0, m.count(VmstatItem.UNEVICTABLE_PGS_STRANDED));
        assertCounts(0, 0);
    }

    @Test
    void mlock_and_munlock_in_one_batch_cancel_out() {
        int head = m.onList(0);
        mlock.mlockFolio(head);
        mlock.munlockFolio(head);
        m.lru.drain();
        assertCounts(0, 0);
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
    }

    @Test
    void munlock_of_what_was_never_mlocked_changes_nothing() {
        int head = m.onList(4);
        mlock.munlockFolio(head);
        assertCounts(0, 0);
        assertEquals(0, m.count(VmstatItem.UNEVICTABLE_PGS_MUNLOCKED));
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
    }

    @Test
    void an_active_folio_is_inactive_after_it_was_mlocked() {
        int head = m.onList(0);
        m.lru.activate(head);
        mlock.mlockFolio(head);
        m.lru.drain();
        mlock.munlockFolio(head);
        m.lru.drain();
        assertEquals(List.of(head), m.list(LruList.INACTIVE_ANON));
        assertEquals(0, m.count(VmstatItem.NR_ACTIVE_ANON));
    }

    @Test
    void a_locked_folio_freed_while_it_waits_is_counted_as_cleared() {
        int head = m.folios.allocAnon(0);
        long free = m.buddy.freeFrames();
        m.lru.addNew(head, true);
        m.folios.put(head, 1);
        m.lru.drain();
        assertEquals(free + 1, m.buddy.freeFrames());
        assertEquals(1, m.count(VmstatItem.UNEVICTABLE_PGS_CLEARED));
        assertCounts(0, 0);
    }

    @Test
    void entries_that_wait_are_saved_and_come_back() {
        int head = m.onList(0);
        mlock.mlockFolio(head);
        Snapshot saved = m.space.save();
        m.lru.drain();
        m.space.rewind(saved);
        assertNull(m.space.firstDifference(saved));
        m.lru.drain();
        assertCounts(1, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_run_of_frames_is_treated_as_its_folios_one_by_one(long seed) {
        TestMemory together = TestMemory.large();
        TestMemory single = TestMemory.large();
        int count = 200;
        int[] heads = new int[count];
        for (TestMemory t : List.of(together, single)) {
            Random random = new Random(seed);
            for (int i = 0; i < count; i++) {
                heads[i] = t.folios.allocAnon(random.nextInt(30) == 0 ? 3 : 0);
                t.lru.add(heads[i]);
            }
            t.lru.drain();
            for (int step = 0; step < 60; step++) {
                int from = random.nextInt(count);
                int length = Math.min(count - from, random.nextInt(40));
                int what = random.nextInt(5);
                for (int i = from; i < from + length; i++) {
                    switch (what) {
                        case 0, 1 -> t.mlock.mlockFolio(heads[i]);
                        case 2, 3 -> t.mlock.munlockFolio(heads[i]);
                        default -> t.lru.activate(heads[i]);
                    }
                    if (t == single) {
                        t.mlock.drain();
                    }
                }
                t.mlock.drain();
            }
        }
        assertEquals(single.vmstat.text(), together.vmstat.text(), "seed " + seed);
        for (LruList list : LruList.values()) {
            assertEquals(single.list(list), together.list(list), "seed " + seed);
        }
        for (int head : heads) {
            assertEquals(single.frames.flags(head), together.frames.flags(head), "seed " + seed);
            assertEquals(single.frames.mlockCount(head), together.frames.mlockCount(head), "seed " + seed);
            assertEquals(1, together.frames.refcount(head), "seed " + seed);
        }
    }
}

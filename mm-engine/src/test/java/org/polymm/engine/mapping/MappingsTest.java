package org.polymm.engine.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.testpolicy.TestMachine.HUGE;
import static org.polymm.engine.testpolicy.TestMachine.PAGE;
import static org.polymm.engine.testpolicy.TestMachine.RW;

import org.junit.jupiter.api.Test;
import org.polymm.api.mapcount.CounterLayout;
import org.polymm.api.mapcount.FolioCounters;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.mapcount.MappingRun;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.QueueDecision;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.TestMachine;
import org.polymm.engine.vma.VmFlags;

class MappingsTest {

    private static final long BASE = 64 * HUGE;

    private TestMachine m = new TestMachine(FixedPolicies.mainline(), 8_192);
    private int mm;

    private int folioOfOrder(int order) {
        m.enable(order);
        mm = m.newMm();
        m.map(mm, BASE, 1L << order, RW);
        return m.frames.head(m.write(mm, BASE));
    }

    /** Counts nothing but a total, as a kernel without per-page mapcounts: partially mapped is whatever has fewer mappings than pages. */
    private static final class TotalOnly implements MapcountScheme.Folio {
        @Override
        public CounterLayout counters() {
            return CounterLayout.of(1, 0);
        }

        @Override
        public void onMap(MappingRun run) {
            run.set(0, run.get(0) + run.pageCount());
        }

        @Override
        public void onUnmap(MappingRun run) {
            run.set(0, run.get(0) - run.pageCount());
        }

        @Override
        public boolean maybeMappedShared(FolioCounters folio) {
            return true;
        }

        @Override
        public boolean isExclusiveTo(FolioCounters folio, int mmId) {
            return false;
        }

        @Override
        public boolean isPartiallyMapped(MappingRun run) {
            return run.get(0) < run.pages();
        }

        @Override
        public int reportedMapcount(FolioCounters folio, int page) {
            return 1;
        }

        @Override
        public boolean reportedExclusive(FolioCounters folio, int page) {
            return false;
        }

        @Override
        public int pssDivisor(FolioCounters folio, int page) {
            return 1;
        }
    }

    // ---- partially mapped

    @Test
    void unmapping_some_pages_queues_the_folio_for_a_deferred_split_and_counts_that_once() {
        int head = folioOfOrder(4);
        m.unmap(mm, BASE, 1);
        assertTrue(m.frames.testAll(head, Frames.PARTIALLY_MAPPED | Frames.ON_DEFERRED));
        m.unmap(mm, BASE + PAGE, 3);
        assertEquals(1, m.memory.deferred().length());
        assertEquals(1, m.mthp(MthpStat.SPLIT_DEFERRED, 4));
        assertEquals(1, m.mthp(MthpStat.NR_ANON_PARTIALLY_MAPPED, 4));
        assertEquals(0, m.vmstat(VmstatItem.THP_DEFERRED_SPLIT_PAGE), "counts the PMD order only");
        assertEquals(12, m.vmstat(VmstatItem.NR_ANON_PAGES));
        m.unmap(mm, BASE, 16);
        assertEquals(0, m.memory.deferred().length(), "a freed folio leaves the queue");
        assertEquals(0, m.mthp(MthpStat.NR_ANON_PARTIALLY_MAPPED, 4));
    }

    @Test
    void a_page_that_another_process_still_maps_does_not_make_the_folio_partially_mapped() {
        int head = folioOfOrder(4);
        int child = m.share(mm);
        m.unmap(mm, BASE, 8);
        assertFalse(m.frames.test(head, Frames.PARTIALLY_MAPPED));
        assertEquals(16, m.vmstat(VmstatItem.NR_ANON_PAGES));
        m.unmap(child, BASE, 1);
        assertTrue(m.frames.test(head, Frames.PARTIALLY_MAPPED));
        assertEquals(15, m.vmstat(VmstatItem.NR_ANON_PAGES));
    }

    @Test
    void a_scheme_without_page_counts_sees_partial_mappings_differently_and_counts_whole_folios() {
        m = new TestMachine(FixedPolicies.mainline().with(Slot.MAPCOUNT_FOLIO, new TotalOnly()), 8_192);
        int head = folioOfOrder(4);
        int child = m.share(mm);
        m.unmap(mm, BASE, 8);
        m.unmap(child, BASE, 8);
        assertFalse(
                m.frames.test(head, Frames.PARTIALLY_MAPPED), "16 mappings of 16 pages, though 8 are mapped by nobody");
        assertEquals(16, m.vmstat(VmstatItem.NR_ANON_PAGES));
        m.unmap(child, BASE + 8 * PAGE, 1);
        assertTrue(m.frames.test(head, Frames.PARTIALLY_MAPPED));
        m.exit(mm);
        m.exit(child);
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_PAGES));
    }

    @Test
    void a_policy_may_keep_a_partially_mapped_folio_off_the_queue() {
        m = new TestMachine(
                FixedPolicies.mainline().with(Slot.FOLIO_SPLIT_DEFERRED, new FixedPolicies.QueueAll() {
                    @Override
                    public QueueDecision onCandidate(DeferredCandidate candidate) {
                        return QueueDecision.IGNORE;
                    }
                }),
                8_192);
        int head = folioOfOrder(4);
        m.unmap(mm, BASE, 1);
        assertFalse(m.frames.test(head, Frames.PARTIALLY_MAPPED | Frames.ON_DEFERRED));
    }

    @Test
    void a_whole_folio_can_be_offered_for_a_plan_or_because_its_pmd_mapping_was_split() {
        m.thp().set(ThpTunable.SHRINK_UNDERUSED, 0);
        int head = folioOfOrder(9);
        assertEquals(0, m.memory.deferred().length(), "shrink_underused is off");
        m.mappings.deferred().offer(head, DeferredReason.POLICY);
        assertTrue(m.frames.test(head, Frames.ON_DEFERRED));
        assertFalse(m.frames.test(head, Frames.PARTIALLY_MAPPED));
    }

    // ---- PMD mappings

    @Test
    void splitting_a_pmd_mapping_maps_every_page_and_hands_the_exclusive_flag_down() {
        int head = folioOfOrder(9);
        int vma = m.spaces.find(mm, BASE);
        assertEquals(head, m.mappings.pmdSplit().split(vma, BASE + 7 * PAGE));
        for (int i = 0; i < 512; i++) {
            assertEquals(head + i, m.pfn(mm, BASE + i * PAGE));
            assertTrue(m.isExclusive(mm, BASE + i * PAGE) && m.isWritable(mm, BASE + i * PAGE));
        }
        assertEquals(512, m.frames.refcount(head));
        assertEquals(512, m.frames.largeMapcount(head));
        assertEquals(0, m.frames.entireMapcount(head));
        assertEquals(512, m.mms.rssAnon(mm));
        assertEquals(512, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES));
        assertEquals(1, m.vmstat(VmstatItem.THP_SPLIT_PMD));
        assertEquals(0, m.tables.depositedTables(m.mms.pgd(mm)));
        assertFalse(m.frames.test(head, Frames.PARTIALLY_MAPPED));
        assertEquals(0, m.mappings.pmdSplit().split(vma, BASE), "there is nothing to split any more");
        m.sync.assertNothingHeld("after a split");
    }

    @Test
    void splitting_the_mapping_of_a_shared_folio_makes_no_page_exclusive() {
        int head = folioOfOrder(9);
        int child = m.share(mm);
        m.mappings.pmdSplit().split(m.spaces.find(child, BASE), BASE);
        for (int i = 0; i < 512; i++) {
            assertFalse(m.frames.test(head + i, Frames.ANON_EXCLUSIVE));
        }
        assertEquals(1, m.vmstat(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES), "the parent still maps it whole");
        assertEquals(513, m.frames.refcount(head));
    }

    @Test
    void a_mapping_that_is_being_migrated_is_split_into_migration_entries() {
        int head = folioOfOrder(9);
        int root = m.mms.pgd(mm);
        long entry = Pte.migration(m.tables.pmd(root, BASE), true);
        m.tables.setPmd(root, m.tables.pmdTable(root, BASE), BASE, entry);
        m.mappings.pmdSplit().split(m.spaces.find(mm, BASE), BASE);
        long fifth = m.entry(mm, BASE + 5 * PAGE);
        assertTrue(Pte.isWritableMigration(fifth));
        assertEquals(head + 5, Pte.pfn(fifth));
    }

    @Test
    void unmapping_a_huge_entry_while_another_process_maps_pages_leaves_those_counted() {
        int head = folioOfOrder(9);
        int child = m.share(mm);
        m.mappings.pmdSplit().split(m.spaces.find(child, BASE), BASE);
        m.unmap(child, BASE, 500);
        assertFalse(m.frames.test(head, Frames.PARTIALLY_MAPPED), "the parent maps all of it");
        m.unmap(mm, BASE, 512);
        assertTrue(m.frames.test(head, Frames.PARTIALLY_MAPPED));
        assertEquals(1, m.vmstat(VmstatItem.THP_DEFERRED_SPLIT_PAGE));
        assertEquals(12, m.vmstat(VmstatItem.NR_ANON_PAGES));
    }

    // ---- mlock

    @Test
    void unmapping_from_a_locked_vma_munlocks_the_folio() {
        m.enable(4);
        mm = m.newMm();
        m.map(mm, BASE, 16, RW | VmFlags.VM_LOCKED);
        int head = m.write(mm, BASE);
        assertTrue(m.frames.test(head, Frames.MLOCKED));
        m.unmap(mm, BASE + 15 * PAGE, 1);
        assertFalse(m.frames.test(head, Frames.MLOCKED));
        assertEquals(0, m.vmstat(VmstatItem.NR_MLOCK));
    }

    @Test
    void during_the_walk_of_mlock_itself_mappings_are_not_counted_as_locked() {
        m.enable(4);
        mm = m.newMm();
        m.map(mm, BASE, 16, RW | VmFlags.VM_LOCKED | VmFlags.VM_IO);
        int head = m.write(mm, BASE);
        assertFalse(m.frames.test(head, Frames.MLOCKED));
    }

    // ---- errors

    @Test
    void removing_a_mapping_that_is_not_there_is_an_error() {
        mm = m.newMm();
        m.map(mm, BASE, 1, RW);
        int page = m.write(mm, BASE);
        int vma = m.spaces.find(mm, BASE);
        m.mappings.rmap().remove(page, 1, vma, BASE);
        assertThrows(IllegalStateException.class, () -> m.mappings.rmap().remove(page, 1, vma, BASE));
    }
}

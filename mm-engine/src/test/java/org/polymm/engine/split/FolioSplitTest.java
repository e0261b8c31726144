package org.polymm.engine.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

class FolioSplitTest {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long BASE = 0x4000_0000L;
    private static final int PAGES = 16;

    private static FixedPolicies splitting() {
        return FixedPolicies.whole().with(Slot.FOLIO_SPLIT_BOUNDARY, (FolioSplitPolicy.Boundary) event ->
                event.kind() == BoundaryKind.VMA_EDGE ? SplitPlan.split().orElse(SplitPlan.defer()) : SplitPlan.keep());
    }

    private static Machine machine(FixedPolicies policies, String size) {
        MachineBlueprint blueprint = Machines.large(policies).withThp("hugepages-" + size + "/enabled", "always");
        return blueprint.withCheck(CheckLevel.EVERY).create();
    }

    private static int filled(Machine machine, int pages) {
        int mm = machine.spawn();
        Machines.map(machine, mm, BASE, pages);
        Machines.fill(machine, mm, BASE, pages);
        return mm;
    }

    private static void assertContents(Machine machine, int mm, int pages) {
        for (int page = 0; page < pages; page++) {
            assertEquals(page + 1, machine.read(mm, BASE + page * PAGE));
        }
    }

    @Test
    void a_folio_is_split_where_a_vma_edge_cuts_it_and_keeps_contents_and_exclusive_pages() {
        Machine machine = machine(splitting(), "64kB");
        int mm = filled(machine, PAGES);
        int head = machine.inspect().folio(mm, BASE);

        assertEquals(0, machine.mprotect(mm, BASE, 8 * PAGE, Mman.PROT_READ));

        for (int page = 0; page < PAGES; page++) {
            assertEquals(0, machine.inspect().folioOrder(mm, BASE + page * PAGE));
            assertEquals(head + page, machine.inspect().folio(mm, BASE + page * PAGE));
            assertTrue(machine.inspect().hasFlags(head + page, Frames.ANON_EXCLUSIVE));
        }
        assertEquals(1, machine.memory().mthp().get(MthpStat.SPLIT, 4));
        assertEquals(0, machine.memory().mthp().get(MthpStat.NR_ANON, 4));
        assertContents(machine, mm, PAGES);
    }

    @Test
    void unmapping_page_by_page_counts_the_folio_as_deferred_as_the_kernel_does_and_a_pmd_mapping_goes_at_once() {
        Machine small = machine(splitting(), "64kB");
        small.mprotect(filled(small, PAGES), BASE, PAGE, Mman.PROT_READ);
        assertEquals(1, small.memory().mthp().get(MthpStat.SPLIT_DEFERRED, 4));
        assertEquals(0, small.memory().mthp().get(MthpStat.NR_ANON_PARTIALLY_MAPPED, 4));

        Machine large = machine(splitting(), "2048kB");
        int mm = filled(large, 512);
        assertTrue(large.inspect().isPmdMapped(mm, BASE));
        large.mprotect(mm, BASE, 256 * PAGE, Mman.PROT_READ);
        assertEquals(1, large.memory().vmstat().get(VmstatItem.THP_SPLIT_PAGE));
        assertEquals(1, large.memory().vmstat().get(VmstatItem.THP_SPLIT_PMD));
        assertEquals(0, large.memory().mthp().get(MthpStat.SPLIT_DEFERRED, 9));
        assertContents(large, mm, 512);
    }

    @Test
    void pages_of_zeroes_become_the_zero_page() {
        Machine machine = machine(splitting(), "64kB");
        int mm = machine.spawn();
        Machines.map(machine, mm, BASE, PAGES);
        machine.write(mm, BASE + 3 * PAGE, 7);

        machine.mprotect(mm, BASE, 8 * PAGE, Mman.PROT_READ);

        assertEquals(PAGE, machine.inspect().smaps(mm).rss());
        assertEquals(7, machine.read(mm, BASE + 3 * PAGE));
        assertEquals(0, machine.read(mm, BASE));
        assertEquals(machine.memory().frames().zeroPfn(), machine.touch(mm, BASE + 9 * PAGE, MemoryAccess.READ));
    }

    @Test
    void pages_of_zeroes_stay_in_locked_memory() {
        Machine machine = machine(splitting(), "64kB");
        int mm = machine.spawn();
        Machines.map(machine, mm, BASE, PAGES);
        machine.mlock(mm, BASE, PAGES * PAGE);

        machine.mprotect(mm, BASE, 8 * PAGE, Mman.PROT_READ);

        assertEquals(PAGES * PAGE, machine.inspect().smaps(mm).rss());
        assertEquals(PAGES, machine.memory().vmstat().get(VmstatItem.NR_MLOCK));
        assertTrue(machine.inspect().hasFlags(machine.inspect().folio(mm, BASE + PAGE), Frames.MLOCKED));
    }

    @Test
    void a_reference_that_nothing_explains_forbids_the_split_and_the_plan_goes_on() {
        Machine machine = machine(splitting(), "64kB");
        int mm = filled(machine, PAGES);
        int head = machine.inspect().folio(mm, BASE);
        int pin = machine.pins().pin(mm, BASE + 8 * PAGE, PAGE, true, true);

        assertEquals(0, machine.mprotect(mm, BASE, 8 * PAGE, Mman.PROT_READ));

        assertEquals(4, machine.inspect().folioOrder(mm, BASE));
        assertEquals(1, machine.memory().mthp().get(MthpStat.SPLIT_FAILED, 4));
        assertTrue(machine.memory().deferred().contains(head), "deferred instead");
        machine.pins().release(pin);
        assertEquals(1, machine.dropCaches());
        assertEquals(0, machine.inspect().folioOrder(mm, BASE));
        assertContents(machine, mm, PAGES);
    }

    @Test
    void a_folio_shared_with_a_child_is_split_for_both_and_its_pages_remember_that() {
        Machine machine = machine(splitting(), "64kB");
        int mm = filled(machine, PAGES);
        int child = machine.fork(mm);

        machine.mprotect(child, BASE, 8 * PAGE, Mman.PROT_READ);

        int page = machine.inspect().folio(mm, BASE + 5 * PAGE);
        assertEquals(page, machine.inspect().folio(child, BASE + 5 * PAGE));
        assertEquals(2, machine.inspect().kpagecount(page));
        assertTrue(machine.inspect().hasFlags(page, Frames.COW_SHARED));
        assertFalse(machine.inspect().hasFlags(page, Frames.ANON_EXCLUSIVE));
        machine.write(child, BASE + 9 * PAGE, 99);
        assertEquals(10, machine.read(mm, BASE + 9 * PAGE));
        assertNotEquals(
                machine.inspect().folio(mm, BASE + 9 * PAGE), machine.inspect().folio(child, BASE + 9 * PAGE));
    }

    @Test
    void the_scan_splits_a_partially_mapped_folio_and_frees_what_nothing_maps() {
        Machine machine = machine(FixedPolicies.whole(), "64kB");
        int mm = filled(machine, PAGES);
        machine.madvise(mm, BASE, 4 * PAGE, Mman.MADV_DONTNEED);
        long before = machine.memory().buddy().freeFrames();
        assertEquals(1, machine.memory().deferred().length());

        assertEquals(1, machine.dropCaches());

        machine.memory().lru().drain();
        assertEquals(before + 4, machine.memory().buddy().freeFrames());
        assertEquals(0, machine.memory().deferred().length());
        assertEquals(0, machine.memory().mthp().get(MthpStat.NR_ANON_PARTIALLY_MAPPED, 4));
        assertEquals(6, machine.read(mm, BASE + 5 * PAGE));
    }

    @Test
    void a_partially_mapped_folio_that_cannot_be_split_goes_back_on_the_queue() {
        Machine machine = machine(FixedPolicies.whole(), "64kB");
        int mm = filled(machine, PAGES);
        int head = machine.inspect().folio(mm, BASE + 8 * PAGE);
        int pin = machine.pins().pin(mm, BASE + 8 * PAGE, PAGE, true, true);
        machine.madvise(mm, BASE, 4 * PAGE, Mman.MADV_DONTNEED);

        assertEquals(0, machine.dropCaches());

        assertTrue(machine.memory().deferred().contains(head));
        machine.pins().release(pin);
    }

    private static FixedPolicies unsharing(SplitPlan plan) {
        return FixedPolicies.whole().with(Slot.FOLIO_SPLIT_BOUNDARY, (FolioSplitPolicy.Boundary)
                event -> event.kind() == BoundaryKind.VMA_EDGE ? plan : SplitPlan.keep());
    }

    @Test
    void a_child_that_lets_go_of_a_shared_folio_copies_it_whole_and_its_parent_copies_nothing() {
        Machine machine =
                machine(unsharing(SplitPlan.unshareBothSides(-1, SplitPlan.UnshareCheck.ONLY_SHARED)), "64kB");
        int mm = filled(machine, PAGES);
        int child = machine.fork(mm);
        int head = machine.inspect().folio(mm, BASE);

        machine.mprotect(child, BASE, 8 * PAGE, Mman.PROT_READ);

        assertEquals(4, machine.inspect().folioOrder(child, BASE));
        assertNotEquals(head, machine.inspect().folio(child, BASE));
        assertContents(machine, child, PAGES);
        for (int page = 0; page < PAGES; page++) {
            machine.write(mm, BASE + page * PAGE, 100 + page);
        }
        assertEquals(head, machine.inspect().folio(mm, BASE + 5 * PAGE));
        assertContents(machine, child, PAGES);
    }

    @Test
    void one_side_of_the_edge_is_copied_if_that_is_the_reach() {
        Machine machine = machine(unsharing(SplitPlan.unshare(2, SplitPlan.UnshareCheck.SHARE_THEN_COPY)), "64kB");
        int mm = filled(machine, PAGES);
        int head = machine.inspect().folio(mm, BASE);

        machine.mprotect(mm, BASE, 8 * PAGE, Mman.PROT_READ);

        assertEquals(2, machine.inspect().folioOrder(mm, BASE));
        assertNotEquals(head, machine.inspect().folio(mm, BASE));
        assertEquals(head, machine.inspect().folio(mm, BASE + 8 * PAGE));
        assertContents(machine, mm, PAGES);
    }

    @Test
    void a_pinned_folio_is_not_copied_and_nothing_has_changed() {
        Machine machine = machine(unsharing(SplitPlan.unshare(-1, SplitPlan.UnshareCheck.SHARE_THEN_COPY)), "64kB");
        int mm = filled(machine, PAGES);
        int head = machine.inspect().folio(mm, BASE);
        int pin = machine.pins().pin(mm, BASE, PAGE, true, true);

        machine.mprotect(mm, BASE, 8 * PAGE, Mman.PROT_READ);

        assertEquals(head, machine.inspect().folio(mm, BASE));
        assertTrue(machine.inspect().hasFlags(head + 3, Frames.ANON_EXCLUSIVE));
        machine.pins().release(pin);
        assertContents(machine, mm, PAGES);
    }
}

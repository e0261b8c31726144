package org.polymm.engine.collapse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.testpolicy.Machines.PAGE;
import static org.polymm.engine.testpolicy.Machines.map;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.ThpMode;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.policy.PolicyFailure;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** MADV_COLLAPSE and khugepaged on anonymous memory, with tables of 8 entries: a huge folio has 8 pages. */
class CollapseTest {

    private static final int ENTRIES = 8;
    private static final long HUGE = ENTRIES * PAGE;
    private static final long BASE = 4 * HUGE;

    private Machine machine;
    private int mm;

    @BeforeEach
    void makeMachine() {
        start(FixedPolicies.whole());
    }

    private void start(FixedPolicies policies) {
        machine = blueprint(policies).create();
        mm = machine.spawn();
        map(machine, mm, BASE, 4 * ENTRIES);
    }

    private static MachineBlueprint blueprint(FixedPolicies policies) {
        return Machines.small(policies).withCheck(CheckLevel.EVERY);
    }

    private int collapse(long address, long length) {
        return machine.madvise(mm, address, length, Mman.MADV_COLLAPSE);
    }

    private long counter(VmstatItem item) {
        return machine.memory().vmstat().get(item);
    }

    @Test
    void a_partly_populated_range_becomes_one_huge_folio_with_the_same_contents() {
        machine.write(mm, BASE + 2 * PAGE, 22);
        machine.touch(mm, BASE + 5 * PAGE, MemoryAccess.READ);

        assertEquals(0, collapse(BASE, HUGE));

        assertTrue(machine.inspect().isPmdMapped(mm, BASE));
        assertEquals(22, machine.read(mm, BASE + 2 * PAGE));
        assertEquals(0, machine.read(mm, BASE + 5 * PAGE));
        assertEquals(HUGE, machine.inspect().smaps(mm).rss());
        assertEquals(HUGE, machine.inspect().smaps(mm).anonHugePages());
        assertEquals(1, counter(VmstatItem.THP_COLLAPSE_ALLOC));
    }

    @Test
    void the_new_folio_can_be_written_without_a_fault() {
        Machines.fill(machine, mm, BASE, ENTRIES);
        collapse(BASE, HUGE);
        int frame = machine.inspect().folio(mm, BASE);
        long faults = counter(VmstatItem.PGFAULT);

        machine.write(mm, BASE + 3 * PAGE, 99);

        assertEquals(faults, counter(VmstatItem.PGFAULT));
        assertEquals(frame, machine.inspect().folio(mm, BASE + 3 * PAGE));
    }

    @Test
    void an_empty_range_a_range_without_a_table_and_a_refusing_vma_are_invalid() {
        assertEquals(-Errno.EINVAL, collapse(BASE, HUGE), "no anon_vma yet");

        machine.write(mm, BASE, 1);
        assertEquals(-Errno.EINVAL, collapse(BASE + HUGE, HUGE), "no table");

        machine.madvise(mm, BASE, HUGE, Mman.MADV_NOHUGEPAGE);
        assertEquals(-Errno.EINVAL, collapse(BASE, HUGE), "MADV_NOHUGEPAGE");
    }

    @Test
    void a_range_over_two_vmas_is_invalid() {
        Machines.fill(machine, mm, BASE, ENTRIES);
        machine.mprotect(mm, BASE, HUGE / 2, Mman.PROT_READ);
        machine.munmap(mm, BASE + HUGE, 3 * HUGE);

        assertEquals(-Errno.EINVAL, collapse(BASE, HUGE));
        assertFalse(machine.inspect().isPmdMapped(mm, BASE));
    }

    @Test
    void a_range_smaller_than_a_huge_page_is_collapsed_vacuously_if_it_begins_where_one_does() {
        Machines.fill(machine, mm, BASE, ENTRIES);

        assertEquals(0, collapse(BASE, PAGE));
        assertEquals(-Errno.EINVAL, collapse(BASE + PAGE, PAGE));
        assertFalse(machine.inspect().isPmdMapped(mm, BASE));
    }

    @Test
    void every_range_of_a_long_one_is_tried_and_the_last_failure_is_told() {
        Machine unchecked = Machines.small(FixedPolicies.whole()).create();
        int process = unchecked.spawn();
        map(unchecked, process, BASE, 3 * ENTRIES);
        for (int range = 0; range < 3; range++) {
            unchecked.write(process, BASE + range * HUGE, range + 1);
        }
        unchecked.memory().lru().drain();
        unchecked.memory().frames().get(unchecked.inspect().folio(process, BASE + HUGE));

        assertEquals(-Errno.EAGAIN, unchecked.madvise(process, BASE, 3 * HUGE, Mman.MADV_COLLAPSE));

        assertTrue(unchecked.inspect().isPmdMapped(process, BASE));
        assertFalse(unchecked.inspect().isPmdMapped(process, BASE + HUGE));
        assertTrue(unchecked.inspect().isPmdMapped(process, BASE + 2 * HUGE));
        assertEquals(0, unchecked.madvise(process, BASE, HUGE, Mman.MADV_COLLAPSE), "what is huge counts as collapsed");
    }

    @Test
    void a_range_without_a_table_ends_the_call() {
        machine.write(mm, BASE, 1);
        machine.write(mm, BASE + 2 * HUGE, 2);

        assertEquals(-Errno.EINVAL, collapse(BASE, 3 * HUGE));

        assertTrue(machine.inspect().isPmdMapped(mm, BASE));
        assertFalse(machine.inspect().isPmdMapped(mm, BASE + 2 * HUGE));
    }

    @Test
    void memory_that_a_child_shares_is_copied_and_the_child_keeps_the_old_pages() {
        Machines.fill(machine, mm, BASE, ENTRIES);
        int child = machine.fork(mm);
        int old = machine.inspect().folio(child, BASE);

        assertEquals(0, collapse(BASE, HUGE));

        assertTrue(machine.inspect().isPmdMapped(mm, BASE));
        assertFalse(machine.inspect().isPmdMapped(child, BASE));
        assertEquals(old, machine.inspect().folio(child, BASE));
        assertEquals(1, machine.inspect().kpagecount(old));
        machine.write(mm, BASE, 77);
        assertEquals(1, machine.read(child, BASE));
    }

    @Test
    void locked_memory_stays_locked_in_the_new_folio() {
        Machines.fill(machine, mm, BASE, ENTRIES);
        machine.mlock(mm, BASE, HUGE);

        assertEquals(0, collapse(BASE, HUGE));

        assertTrue(machine.inspect().hasFlags(machine.inspect().folio(mm, BASE), Frames.MLOCKED));
        machine.memory().lru().drain();
        assertEquals(ENTRIES, counter(VmstatItem.NR_MLOCK));
    }

    @Test
    void smaller_folios_of_any_layout_are_collapsed() {
        machine = blueprint(FixedPolicies.whole())
                .withThp("hugepages-16kB/enabled", "always")
                .create();
        mm = machine.spawn();
        map(machine, mm, BASE, 4 * ENTRIES);
        Machines.fill(machine, mm, BASE, ENTRIES);
        machine.madvise(mm, BASE + PAGE, PAGE, Mman.MADV_DONTNEED);
        assertNotEquals(0, machine.inspect().folioOrder(mm, BASE));

        assertEquals(0, collapse(BASE, HUGE));

        assertEquals(3, machine.inspect().folioOrder(mm, BASE));
        assertEquals(3, machine.read(mm, BASE + 2 * PAGE));
        assertEquals(0, machine.read(mm, BASE + PAGE));
    }

    @Test
    void a_folio_that_somebody_else_refers_to_stays_and_the_table_goes_back() {
        Machine unchecked = Machines.small(FixedPolicies.whole()).create();
        int process = unchecked.spawn();
        map(unchecked, process, BASE, ENTRIES);
        Machines.fill(unchecked, process, BASE, ENTRIES);
        unchecked.memory().lru().drain();
        int referred = unchecked.inspect().folio(process, BASE + 6 * PAGE);
        unchecked.memory().frames().get(referred);

        assertEquals(-Errno.EAGAIN, unchecked.madvise(process, BASE, HUGE, Mman.MADV_COLLAPSE));

        unchecked.memory().folios().put(referred, 1);
        unchecked.memory().lru().drain();
        assertEquals(List.of(), unchecked.check());
        for (int page = 0; page < ENTRIES; page++) {
            assertEquals(page + 1, unchecked.read(process, BASE + page * PAGE));
        }
        assertEquals(0, unchecked.madvise(process, BASE, HUGE, Mman.MADV_COLLAPSE));
    }

    @Test
    void without_memory_for_a_huge_folio_the_call_says_so_and_nothing_changed() {
        Machines.fill(machine, mm, BASE, ENTRIES);
        machine.memory().buddy().failNext(3, 1);

        assertEquals(-Errno.ENOMEM, collapse(BASE, HUGE));

        assertFalse(machine.inspect().isPmdMapped(mm, BASE));
        assertEquals(1, counter(VmstatItem.THP_COLLAPSE_ALLOC_FAILED));
    }

    @Test
    void the_reason_that_the_policy_gives_becomes_the_errno_and_the_counter() {
        start(FixedPolicies.whole().with(Slot.COLLAPSE_CHOICE, (CollapsePolicy.Choice)
                candidate -> new CollapseDecision.Skip(ScanResult.EXCEED_NONE_PTE)));
        machine.write(mm, BASE, 1);

        assertEquals(-Errno.EBUSY, collapse(BASE, HUGE));
        assertEquals(1, counter(VmstatItem.THP_SCAN_EXCEED_NONE_PTE));
    }

    @Test
    void an_order_that_is_not_allowed_is_the_policys_failure() {
        start(FixedPolicies.whole()
                .with(Slot.COLLAPSE_CHOICE, (CollapsePolicy.Choice) candidate -> new CollapseDecision.Collapse(1)));
        machine.write(mm, BASE, 1);

        PolicyFailure failure = assertThrows(PolicyFailure.class, () -> collapse(BASE, HUGE));
        assertTrue(failure.getMessage().contains("order 1"), failure.getMessage());
    }

    private void startWithPieces() {
        start(FixedPolicies.whole()
                .with(Slot.COLLAPSE_CHOICE, (CollapsePolicy.Choice) candidate -> new CollapseDecision.Collapse(2)));
    }

    @Test
    void a_smaller_order_makes_a_folio_of_each_piece_and_fills_holes() {
        startWithPieces();
        machine.write(mm, BASE + PAGE, 11);
        machine.touch(mm, BASE + 2 * PAGE, MemoryAccess.READ);
        machine.write(mm, BASE + 6 * PAGE, 66);

        assertEquals(-Errno.EINVAL, collapse(BASE, HUGE));

        assertFalse(machine.inspect().isPmdMapped(mm, BASE));
        for (int page = 0; page < ENTRIES; page++) {
            assertEquals(2, machine.inspect().folioOrder(mm, BASE + page * PAGE));
        }
        assertEquals(11, machine.read(mm, BASE + PAGE));
        assertEquals(0, machine.read(mm, BASE + 2 * PAGE));
        assertEquals(66, machine.read(mm, BASE + 6 * PAGE));
        assertEquals(HUGE, machine.inspect().smaps(mm).rss());
        assertEquals(0, counter(VmstatItem.THP_COLLAPSE_ALLOC));
    }

    @Test
    void a_piece_that_cannot_be_taken_or_allocated_leaves_the_other_alone() {
        startWithPieces();
        Machines.fill(machine, mm, BASE, ENTRIES);
        int pin = machine.pins().pin(mm, BASE, PAGE, true, false);

        assertEquals(-Errno.EINVAL, collapse(BASE, HUGE));

        assertEquals(0, machine.inspect().folioOrder(mm, BASE + PAGE));
        assertEquals(2, machine.inspect().folioOrder(mm, BASE + 4 * PAGE));
        machine.pins().release(pin);
        machine.memory().buddy().failNext(2, 1);
        int before = machine.inspect().folio(mm, BASE);

        assertEquals(-Errno.EINVAL, collapse(BASE, HUGE));

        assertEquals(before, machine.inspect().folio(mm, BASE));
    }

    @Test
    void khugepaged_does_nothing_where_no_huge_page_is_enabled() {
        Machines.fill(machine, mm, BASE, ENTRIES);

        assertEquals(0, machine.khugepaged(100));
    }

    @Test
    void khugepaged_collapses_as_many_ranges_as_its_pages_allow_and_goes_on_there() {
        machine = blueprint(FixedPolicies.whole())
                .withThp("hugepages-32kB/enabled", "madvise")
                .create();
        mm = machine.spawn();
        map(machine, mm, BASE, 3 * ENTRIES);
        Machines.fill(machine, mm, BASE, 3 * ENTRIES);
        machine.madvise(mm, BASE, 3 * HUGE, Mman.MADV_HUGEPAGE);

        assertEquals(2, machine.khugepaged(2 * ENTRIES));
        assertTrue(machine.inspect().isPmdMapped(mm, BASE));
        assertTrue(machine.inspect().isPmdMapped(mm, BASE + HUGE));
        assertFalse(machine.inspect().isPmdMapped(mm, BASE + 2 * HUGE));

        assertEquals(1, machine.khugepaged(2 * ENTRIES));
        assertTrue(machine.inspect().isPmdMapped(mm, BASE + 2 * HUGE));
        assertEquals(3, machine.memory().thp().get(ThpTunable.PAGES_COLLAPSED));
    }

    @Test
    void khugepaged_visits_every_process_and_counts_its_rounds() {
        machine = blueprint(FixedPolicies.whole())
                .withThp("hugepages-32kB/enabled", "inherit")
                .withThp("enabled", "never")
                .create();
        int first = machine.spawn();
        int second = machine.spawn();
        for (int process : List.of(first, second)) {
            map(machine, process, BASE, ENTRIES);
            Machines.fill(machine, process, BASE, ENTRIES);
        }
        assertEquals(0, machine.khugepaged(1000), "disabled");
        machine.memory().thp().setEnabled(ThpMode.ALWAYS);

        assertEquals(2, machine.khugepaged(1000));
        assertEquals(0, machine.khugepaged(1000));
        assertTrue(machine.memory().thp().get(ThpTunable.FULL_SCANS) > 0);
    }

    @Test
    void a_scan_of_one_process_goes_on_where_it_stopped_and_leaves_the_others_alone() {
        machine = blueprint(FixedPolicies.whole())
                .withThp("hugepages-32kB/enabled", "always")
                .create();
        int first = machine.spawn();
        int second = machine.spawn();
        for (int process : List.of(first, second)) {
            map(machine, process, BASE, 2 * ENTRIES);
            machine.madvise(process, BASE, 2 * HUGE, Mman.MADV_NOHUGEPAGE);
            Machines.fill(machine, process, BASE, 2 * ENTRIES);
            machine.madvise(process, BASE, 2 * HUGE, Mman.MADV_HUGEPAGE);
        }

        assertEquals(1, machine.khugepaged(second, 1));
        assertTrue(machine.inspect().isPmdMapped(second, BASE));
        assertEquals(1, machine.khugepaged(second, 1000));
        assertTrue(machine.inspect().isPmdMapped(second, BASE + HUGE));
        assertEquals(0, machine.khugepaged(second, 1000));
        assertFalse(machine.inspect().isPmdMapped(first, BASE));

        assertEquals(2, machine.khugepaged(first, 1000));
        assertEquals(0, machine.memory().thp().get(ThpTunable.FULL_SCANS));
    }

    @Test
    void khugepaged_passes_over_a_process_whose_mmap_lock_is_taken() {
        machine = blueprint(FixedPolicies.whole())
                .withThp("hugepages-32kB/enabled", "madvise")
                .create();
        int busy = machine.spawn();
        int idle = machine.spawn();
        for (int process : List.of(busy, idle)) {
            map(machine, process, BASE, ENTRIES);
            Machines.fill(machine, process, BASE, ENTRIES);
            machine.madvise(process, BASE, HUGE, Mman.MADV_HUGEPAGE);
        }
        machine.spaces().locks().writeLock(busy);
        int khugepaged = machine.sync().newTask("khugepaged");
        int other = machine.sync().task();
        machine.sync().switchTo(khugepaged);

        assertEquals(1, machine.khugepaged(1000));
        assertFalse(machine.inspect().isPmdMapped(busy, BASE));
        assertTrue(machine.inspect().isPmdMapped(idle, BASE));
        assertEquals(0, machine.khugepaged(busy, 1000));

        machine.sync().switchTo(other);
        machine.spaces().locks().writeUnlock(busy);
        assertEquals(1, machine.khugepaged(busy, 1000));
    }

    @Test
    void a_huge_range_of_512_pages_is_collapsed_with_every_folio_locked() {
        machine = Machines.large(FixedPolicies.whole())
                .withCheck(CheckLevel.EVERY)
                .create();
        mm = machine.spawn();
        long huge = Geometry.X86_64.pmdSize();
        map(machine, mm, 2 * huge, 512);
        Machines.fill(machine, mm, 2 * huge, 512);

        assertEquals(0, machine.madvise(mm, 2 * huge, huge, Mman.MADV_COLLAPSE));

        assertEquals(9, machine.inspect().folioOrder(mm, 2 * huge));
        assertEquals(512, machine.read(mm, 2 * huge + 511 * PAGE));
    }

    @Test
    void a_rewind_brings_khugepaged_back_to_where_it_was() {
        Snapshot before = machine.save();
        Machines.fill(machine, mm, BASE, ENTRIES);
        machine.memory().thp().setEnabled(3, ThpMode.ALWAYS);
        assertEquals(1, machine.khugepaged(ENTRIES));

        machine.rewind(before);

        assertEquals(null, machine.firstDifference(before));
    }

    @Test
    void swapped_pages_are_brought_back_and_the_swap_cache_is_left() {
        machine = blueprint(FixedPolicies.whole())
                .withSwap(new MachineBlueprint.Swap(64 * PAGE, SwapDevice.BLOCK))
                .create();
        mm = machine.spawn();
        map(machine, mm, BASE, ENTRIES);
        for (int page = 0; page < ENTRIES; page++) {
            machine.write(mm, BASE + page * PAGE, page + 1);
        }
        assertEquals(0, machine.madvise(mm, BASE, 3 * PAGE, Mman.MADV_PAGEOUT));
        assertEquals(3 * PAGE, machine.inspect().smaps(mm).swap());

        assertEquals(0, collapse(BASE, HUGE));

        assertTrue(machine.inspect().isPmdMapped(mm, BASE));
        assertEquals(0, machine.inspect().smaps(mm).swap());
        assertEquals(0, machine.swap().slots().used());
        assertEquals(3, counter(VmstatItem.PGMAJFAULT));
        for (int page = 0; page < ENTRIES; page++) {
            assertEquals(page + 1, machine.read(mm, BASE + page * PAGE));
        }
    }

    @Test
    void no_page_to_be_had_for_a_swapped_one_ends_the_collapse_and_changes_nothing() {
        machine = blueprint(FixedPolicies.whole())
                .withSwap(new MachineBlueprint.Swap(64 * PAGE, SwapDevice.ZRAM))
                .create();
        mm = machine.spawn();
        map(machine, mm, BASE, ENTRIES);
        for (int page = 0; page < ENTRIES; page++) {
            machine.write(mm, BASE + page * PAGE, page + 1);
        }
        machine.madvise(mm, BASE, 3 * PAGE, Mman.MADV_PAGEOUT);
        machine.memory().buddy().failures().demand(0, 0, 1, 1);

        assertEquals(-Errno.EINVAL, collapse(BASE, HUGE));

        assertFalse(machine.inspect().isPmdMapped(mm, BASE));
        assertEquals(2 * PAGE, machine.inspect().smaps(mm).swap());
        assertEquals(0, collapse(BASE, HUGE));
    }
}

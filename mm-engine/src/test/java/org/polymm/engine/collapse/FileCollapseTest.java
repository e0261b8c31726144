package org.polymm.engine.collapse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.policy.FailureMode;
import org.polymm.engine.policy.SafetyMode;
import org.polymm.engine.policy.SafetyRule;
import org.polymm.engine.state.Errno;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** Shared memory of 512 pages, mapped by two processes, and what a collapse in the first makes of it. */
class FileCollapseTest {

    private static final long PAGE = Machines.PAGE;
    private static final long BLOCK = 512 * PAGE;
    private static final int BOTH = Mman.PROT_READ | Mman.PROT_WRITE;

    private final long at = 16L << 21;
    private Machine machine = machine(FileCollapseTest::retractEmpty, SafetyMode.OBSERVE);
    private int first;
    private int second;
    private int file;

    private static Machine machine(CollapsePolicy.Retraction retraction, SafetyMode safety) {
        return Machines.large(FixedPolicies.whole()
                        .with(Slot.COLLAPSE_CHOICE, (CollapsePolicy.Choice) FileCollapseTest::choose)
                        .with(Slot.COLLAPSE_RETRACTION, retraction))
                .withSafety(safety, FailureMode.STOP)
                .withThp("shmem_enabled", "advise")
                .withCheck(CheckLevel.EVERY)
                .create();
    }

    private static CollapseDecision choose(CollapseCandidate range) {
        return range.kind(0) == CollapseCandidate.EntryKind.HUGE
                ? new CollapseDecision.Skip(ScanResult.PTE_MAPPED_HUGEPAGE)
                : new CollapseDecision.Collapse(9);
    }

    /** Takes every empty table away. */
    private static void retractEmpty(RetractionSteps steps) {
        steps.lockMapping(RetractionSteps.LockMode.READ);
        while (steps.nextMapping()) {
            if (steps.fitsPmd() && steps.readPmd() == RetractionSteps.PmdState.TABLE) {
                steps.lockPmd();
                steps.lockTable();
                boolean cleared = steps.isTableEmpty() && steps.clearPmd();
                steps.unlockTable();
                steps.unlockPmd();
                if (cleared) {
                    steps.freeTableDeferred();
                }
            }
        }
        steps.unlockMapping();
    }

    private static void retractNothing(RetractionSteps steps) {}

    private void map(int flags) {
        first = machine.spawn();
        second = machine.spawn();
        file = machine.memfd(1, 512);
        assertEquals(at, machine.mmap(first, at, BLOCK, BOTH, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0));
        assertEquals(at, machine.mmap(second, at, BLOCK, BOTH, flags | Mman.MAP_FIXED, file, 0));
    }

    private void fill(int pages) {
        for (int page = 0; page < pages; page++) {
            assertTrue(machine.write(first, at + page * PAGE, page + 1) > 0);
            assertTrue(machine.read(second, at + page * PAGE) > 0);
        }
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_HUGEPAGE));
        assertEquals(0, machine.madvise(second, at, BLOCK, Mman.MADV_HUGEPAGE));
    }

    private long contents(int mm, int page) {
        return machine.read(mm, at + page * PAGE);
    }

    @AfterEach
    void nothing_is_left_when_both_processes_are_gone() {
        machine.exit(first);
        machine.exit(second);
        assertEquals(List.of(), machine.check());
    }

    @Test
    void the_caller_is_mapped_huge_and_the_other_maps_the_huge_folio_at_its_next_fault() {
        map(Mman.MAP_SHARED);
        fill(100);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertTrue(machine.inspect().isPmdMapped(first, at));
        assertEquals(0, machine.pageTables().leaf(machine.spaces().mms().pgd(second), at), "the table is gone");
        assertEquals(100, contents(second, 99));
        assertEquals(0, contents(second, 100));
        assertTrue(machine.inspect().isPmdMapped(second, at));
        assertEquals(machine.inspect().folio(first, at), machine.inspect().folio(second, at));
        assertEquals(1, machine.memory().vmstat().get(VmstatItem.NR_SHMEM_HUGEPAGES));
        assertEquals(512, machine.memory().vmstat().get(VmstatItem.NR_SHMEM));
        assertEquals(BLOCK, machine.inspect().smaps(first, at).shmemPmdMapped());
    }

    @Test
    void a_second_collapse_finds_nothing_to_do() {
        map(Mman.MAP_SHARED);
        fill(3);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        int huge = machine.inspect().folio(first, at);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertEquals(0, machine.madvise(second, at, BLOCK, Mman.MADV_COLLAPSE));
        assertTrue(machine.inspect().isPmdMapped(second, at));
        assertEquals(huge, machine.inspect().folio(second, at));
    }

    @Test
    void nothing_cached_is_nothing_to_collapse() {
        map(Mman.MAP_SHARED);
        assertEquals(-Errno.EINVAL, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertEquals(0, machine.memory().vmstat().get(VmstatItem.NR_SHMEM));
    }

    @Test
    void a_pinned_page_is_in_the_way_and_all_is_put_back() {
        map(Mman.MAP_SHARED);
        fill(4);
        int pin = machine.pins().pin(second, at + 3 * PAGE, PAGE, true, false);
        assertEquals(-Errno.EAGAIN, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertEquals(3, contents(first, 2));
        assertEquals(4, contents(second, 3));
        assertEquals(0, machine.inspect().folioOrder(second, at));
        machine.pins().release(pin);
    }

    @Test
    void a_write_to_a_private_mapping_of_a_huge_folio_copies_one_page() {
        map(Mman.MAP_PRIVATE);
        fill(8);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertEquals(8, contents(second, 7));
        assertTrue(machine.inspect().isPmdMapped(second, at));
        assertTrue(machine.write(second, at + 7 * PAGE, 70) > 0);
        assertFalse(machine.inspect().isPmdMapped(second, at));
        assertEquals(70, contents(second, 7));
        assertEquals(8, contents(first, 7));
        assertEquals(7, contents(second, 6));
        assertEquals(machine.inspect().folio(first, at), machine.inspect().folio(second, at + 6 * PAGE));
    }

    @Test
    void a_part_that_is_unmapped_leaves_the_rest_mapped_page_by_page() {
        map(Mman.MAP_SHARED);
        fill(8);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertEquals(0, machine.munmap(first, at + 256 * PAGE, 256 * PAGE));
        assertEquals(8, contents(first, 7));
        assertFalse(machine.inspect().isPmdMapped(first, at));
        assertEquals(9, machine.inspect().folioOrder(first, at + 7 * PAGE));
    }

    @Test
    void protection_of_a_huge_entry_changes_as_a_whole_and_comes_back_by_a_fault() {
        map(Mman.MAP_SHARED);
        fill(2);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertEquals(0, machine.mprotect(first, at, BLOCK, Mman.PROT_READ));
        assertTrue(machine.write(first, at, 9) < 0);
        assertEquals(0, machine.mprotect(first, at, BLOCK, BOTH));
        assertTrue(machine.write(first, at, 9) > 0);
        assertEquals(9, contents(second, 0));
    }

    @Test
    void a_huge_entry_moves_with_its_mapping() {
        map(Mman.MAP_SHARED);
        fill(2);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        long to = at + 8 * BLOCK;
        assertEquals(to, machine.mremap(first, at, BLOCK, BLOCK, Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED, to));
        assertTrue(machine.inspect().isPmdMapped(first, to));
        assertEquals(2, machine.read(first, to + PAGE));
        machine.munmap(first, to, BLOCK);
    }

    @Test
    void khugepaged_collapses_shared_memory_and_leaves_mapping_it_to_faults() {
        map(Mman.MAP_SHARED);
        fill(512);
        assertTrue(machine.khugepaged(100_000) > 0);
        assertEquals(-1, machine.inspect().folioOrder(first, at), "nothing is mapped");
        assertEquals(512, contents(first, 511));
        assertTrue(machine.inspect().isPmdMapped(first, at));
    }

    @Test
    void a_table_that_is_not_retracted_goes_on_mapping_small_entries_of_the_huge_folio() {
        machine = machine(FileCollapseTest::retractNothing, SafetyMode.OBSERVE);
        map(Mman.MAP_SHARED);
        fill(8);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertTrue(machine.inspect().isPmdMapped(first, at), "the caller's entries are collapsed without a policy");
        assertNotEquals(0, machine.pageTables().leaf(machine.spaces().mms().pgd(second), at));
        assertEquals(8, contents(second, 7));
        assertFalse(machine.inspect().isPmdMapped(second, at));
        assertEquals(9, machine.inspect().folioOrder(second, at));
    }

    @Test
    void what_is_deferred_is_done_when_khugepaged_comes_back() {
        machine = machine(new Deferring(), SafetyMode.OBSERVE);
        map(Mman.MAP_SHARED);
        fill(8);
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertEquals(8, contents(second, 7));
        assertFalse(machine.inspect().isPmdMapped(second, at));
        machine.khugepaged(100_000);
        assertEquals(8, contents(second, 7));
        assertTrue(machine.inspect().isPmdMapped(second, at));
        assertEquals(1, machine.memory().vmstat().get(Work.DEFERRED_RETRACTIONS));
    }

    @Test
    void no_more_than_eight_tables_of_a_process_are_deferred() {
        machine = machine(new Deferring(), SafetyMode.OBSERVE);
        map(Mman.MAP_SHARED);
        fill(8);
        for (int more = 1; more <= 8; more++) {
            long there = at + 2L * more * BLOCK;
            assertEquals(there, machine.mmap(second, there, BLOCK, BOTH, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0));
            assertTrue(machine.read(second, there) > 0);
        }
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertEquals(8, machine.memory().vmstat().get(Work.DEFERRED_RETRACTIONS));
    }

    /** Does nothing at once, and everything later. */
    private static final class Deferring implements CollapsePolicy.Retraction {

        @Override
        public void retract(RetractionSteps steps) {
            steps.lockMapping(RetractionSteps.LockMode.WRITE);
            while (steps.nextMapping()) {
                if (!steps.isTarget()) {
                    steps.deferRetry();
                }
            }
            steps.unlockMapping();
        }

        @Override
        public void retryDeferred(RetractionSteps steps) {
            while (steps.nextMapping()) {
                steps.lockPmd();
                boolean cleared = steps.readPmd() == RetractionSteps.PmdState.TABLE && steps.clearPmd();
                steps.unlockPmd();
                if (cleared) {
                    steps.freeTableNow();
                }
            }
        }
    }

    @Test
    void a_table_with_a_guard_region_is_not_taken_away_where_safety_is_enforced() {
        machine = machine(FileCollapseTest::retractBlindly, SafetyMode.ENFORCE);
        map(Mman.MAP_SHARED);
        fill(8);
        assertEquals(0, machine.madvise(second, at + PAGE, PAGE, Mman.MADV_GUARD_INSTALL));
        assertEquals(0, machine.madvise(first, at, BLOCK, Mman.MADV_COLLAPSE));
        assertTrue(machine.touch(second, at + PAGE, MemoryAccess.READ) < 0, "the guard region is still there");
        assertEquals(1, contents(second, 0));
        assertEquals(1, machine.policies().decisions().refusals(SafetyRule.TABLE_RETRACTED_WITH_ENTRIES));
    }

    private static void retractBlindly(RetractionSteps steps) {
        steps.lockMapping(RetractionSteps.LockMode.READ);
        while (steps.nextMapping()) {
            if (!steps.isTarget() && steps.readPmd() == RetractionSteps.PmdState.TABLE) {
                steps.lockPmd();
                steps.lockTable();
                boolean cleared = steps.clearPmd();
                steps.unlockTable();
                steps.unlockPmd();
                if (cleared) {
                    steps.freeTableDeferred();
                }
            }
        }
        steps.unlockMapping();
    }
}

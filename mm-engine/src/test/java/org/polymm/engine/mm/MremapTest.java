package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.mm.MmMachine.ANON;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.HUGE;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.R;
import static org.polymm.engine.mm.MmMachine.RW;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.plugin.Slot;
import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.relocation.RelocationRequest;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.VmFlags;

/** mremap: how many VMAs are left, where pages end up, what the limits count, as a 6.18 kernel shows it. */
class MremapTest {

    private static final long AWAY = BASE + 0x4000_0000L;
    private static final int MAYMOVE = Mman.MREMAP_MAYMOVE;
    private static final int KEEP = Mman.MREMAP_MAYMOVE | Mman.MREMAP_DONTUNMAP;

    private final MmMachine m = new MmMachine();
    private final int mm = m.spawn();

    @AfterEach
    void nothingIsBroken() {
        m.check();
    }

    private void fill(long address, long pages) {
        for (long i = 0; i < pages; i++) {
            m.store(mm, address + i * PAGE, address + i);
        }
    }

    private void assertFilled(long address, long pages, long from) {
        for (long i = 0; i < pages; i++) {
            assertEquals(from + i, m.load(mm, address + i * PAGE));
        }
    }

    // ---- away and back

    @Test
    void faulted_pages_that_go_away_and_come_back_leave_one_vma() {
        m.map(mm, BASE, 12);
        fill(BASE, 12);
        m.move(mm, BASE + 4 * PAGE, 4, AWAY);
        assertEquals(2, m.vmaCount(mm, BASE, 12));
        assertEquals(1, m.vmaCount(mm, AWAY, 4));
        assertFilled(AWAY, 4, BASE + 4);
        m.move(mm, AWAY, 4, BASE + 4 * PAGE);
        assertEquals(1, m.vmaCount(mm, BASE, 12));
        assertEquals(0, m.vmaCount(mm, AWAY, 4));
        assertFilled(BASE, 12, BASE);
    }

    @Test
    void pages_first_faulted_far_away_come_back_as_a_third_vma() {
        m.map(mm, BASE, 12);
        m.move(mm, BASE + 4 * PAGE, 4, AWAY);
        fill(BASE, 4);
        fill(BASE + 8 * PAGE, 4);
        fill(AWAY, 4);
        m.move(mm, AWAY, 4, BASE + 4 * PAGE);
        assertEquals(3, m.vmaCount(mm, BASE, 12));
        assertFilled(BASE + 4 * PAGE, 4, AWAY);
    }

    @Test
    void pages_never_faulted_come_back_as_one_vma() {
        m.map(mm, BASE, 12);
        m.move(mm, BASE + 4 * PAGE, 4, AWAY);
        m.move(mm, AWAY, 4, BASE + 4 * PAGE);
        assertEquals(1, m.vmaCount(mm, BASE, 12));
    }

    @Test
    void two_faulted_vmas_of_different_origin_do_not_merge() {
        m.map(mm, BASE, 4);
        m.map(mm, AWAY, 4);
        fill(BASE, 4);
        fill(AWAY, 4);
        m.move(mm, AWAY, 4, BASE + 4 * PAGE);
        assertEquals(2, m.vmaCount(mm, BASE, 8));
    }

    @Test
    void an_unfaulted_vma_merges_with_a_faulted_one_that_never_moved_and_not_with_one_that_did() {
        m.map(mm, BASE, 4);
        fill(BASE, 4);
        m.map(mm, AWAY, 8);
        m.move(mm, AWAY, 4, BASE + 4 * PAGE);
        assertEquals(1, m.vmaCount(mm, BASE, 8));

        m.move(mm, BASE, 8, BASE + 100 * PAGE);
        m.move(mm, AWAY + 4 * PAGE, 4, BASE + 108 * PAGE);
        assertEquals(2, m.vmaCount(mm, BASE + 100 * PAGE, 12));
    }

    // ---- several VMAs

    @Test
    void a_fixed_move_takes_several_vmas_and_the_gaps_between_them_along() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 4 * PAGE, 4, R);
        m.map(mm, BASE + 10 * PAGE, 4);
        fill(BASE, 4);
        fill(BASE + 10 * PAGE, 4);
        m.map(mm, AWAY, 16, R);
        m.move(mm, BASE, 16, AWAY);
        assertEquals(0, m.vmaCount(mm, BASE, 16));
        assertFilled(AWAY, 4, BASE);
        assertFilled(AWAY + 10 * PAGE, 4, BASE + 10 * PAGE);
        // What was mapped where the gaps are now is still there: only what a VMA needs is unmapped.
        assertTrue(m.vma(mm, AWAY + 8 * PAGE) != 0);
        assertTrue(m.vma(mm, AWAY + 15 * PAGE) != 0);
    }

    @Test
    void several_vmas_can_be_left_behind_empty() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 4 * PAGE, 4, R);
        fill(BASE, 4);
        long to = m.mremap(mm, BASE, 8, 8, KEEP | Mman.MREMAP_FIXED, AWAY);
        assertEquals(AWAY, to);
        assertEquals(2, m.vmaCount(mm, BASE, 8));
        assertEquals(2, m.vmaCount(mm, AWAY, 8));
        assertFalse(m.isMapped(mm, BASE));
        assertEquals(0, m.load(mm, BASE));
        assertFilled(AWAY, 4, BASE);
    }

    // ---- growing and shrinking

    @Test
    void growing_in_place_joins_the_neighbour_it_reaches() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 8 * PAGE, 4);
        assertEquals(2, m.vmaCount(mm, BASE, 12));
        assertEquals(BASE, m.mremap(mm, BASE, 4, 8, 0, 0));
        assertEquals(1, m.vmaCount(mm, BASE, 12));
        assertEquals(12, m.mms.totalVm(mm));
        assertEquals(12, m.calls.commit().committed());
    }

    @Test
    void growing_with_the_way_blocked_moves_the_pages() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 4 * PAGE, 4, R);
        fill(BASE, 4);
        long to = m.mremap(mm, BASE, 4, 8, MAYMOVE, 0);
        assertTrue(to > 0 && to != BASE);
        assertFilled(to, 4, BASE);
        assertEquals(0, m.load(mm, to + 5 * PAGE));
        assertEquals(0, m.vmaCount(mm, BASE, 4));
        assertEquals(12, m.mms.totalVm(mm));
        assertEquals(8, m.calls.commit().committed());
    }

    @Test
    void shrinking_frees_the_end() {
        m.map(mm, BASE, 8);
        fill(BASE, 8);
        assertEquals(BASE, m.mremap(mm, BASE, 8, 3, 0, 0));
        assertEquals(3, m.rss(mm));
        assertEquals(3, m.calls.commit().committed());
    }

    @Test
    void moving_to_a_shorter_length_unmaps_the_end_first() {
        m.map(mm, BASE, 8);
        fill(BASE, 8);
        assertEquals(AWAY, m.mremap(mm, BASE, 8, 3, MAYMOVE | Mman.MREMAP_FIXED, AWAY));
        assertFilled(AWAY, 3, BASE);
        assertEquals(0, m.vmaCount(mm, BASE, 8));
        assertEquals(3, m.mms.totalVm(mm));
        assertEquals(3, m.calls.commit().committed());
    }

    @Test
    void moving_to_a_shorter_length_may_unmap_an_end_that_lies_in_other_vmas() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 4 * PAGE, 4, R);
        fill(BASE, 4);
        assertEquals(AWAY, m.mremap(mm, BASE + 2 * PAGE, 6, 1, MAYMOVE | Mman.MREMAP_FIXED, AWAY));
        assertFilled(AWAY, 1, BASE + 2);
        assertEquals(2, m.mms.totalVm(mm) - 1);
        assertEquals(-Errno.EFAULT, m.mremap(mm, BASE, 6, 3, MAYMOVE | Mman.MREMAP_FIXED, AWAY));
    }

    @Test
    void moving_the_middle_keeps_what_was_promised_and_what_is_promised_for_the_rest() {
        m.map(mm, BASE, 12);
        fill(BASE, 12);
        m.move(mm, BASE + 4 * PAGE, 4, AWAY);
        assertEquals(12, m.calls.commit().committed());
        assertTrue(m.vmas.has(m.vma(mm, BASE), VmFlags.VM_ACCOUNT));
        assertTrue(m.vmas.has(m.vma(mm, BASE + 8 * PAGE), VmFlags.VM_ACCOUNT));
        assertTrue(m.vmas.has(m.vma(mm, AWAY), VmFlags.VM_ACCOUNT));
        m.exit(mm);
        assertEquals(0, m.calls.commit().committed());
    }

    @Test
    void locked_memory_stays_locked_when_it_moves_and_grows() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 4 * PAGE, 1, R);
        m.mlock(mm, BASE, 4);
        long to = m.mremap(mm, BASE, 4, 6, MAYMOVE, 0);
        assertEquals(6, m.mms.lockedVm(mm));
        assertEquals(6, m.rss(mm));
        assertTrue(m.isMlocked(mm, to + 5 * PAGE));
        m.munlock(mm, to, 6);
        m.base.memory.lru().drain();
        assertEquals(0, m.vmstat(VmstatItem.NR_MLOCK));
    }

    @Test
    void what_is_left_behind_is_not_locked_and_still_accounted() {
        m.map(mm, BASE, 4);
        m.mlock(mm, BASE, 4);
        long to = m.mremap(mm, BASE, 4, 4, KEEP, 0);
        assertTrue(m.isLockedVma(mm, to));
        assertFalse(m.isLockedVma(mm, BASE));
        assertTrue(m.vmas.has(m.vma(mm, BASE), VmFlags.VM_ACCOUNT));
        assertEquals(0, m.vmas.anonVma(m.vma(mm, BASE)));
        assertEquals(4, m.mms.lockedVm(mm));
        assertEquals(8, m.calls.commit().committed());
        m.exit(mm);
        assertEquals(0, m.calls.commit().committed());
    }

    @Test
    void an_old_length_of_zero_maps_shared_memory_once_more() {
        long at = m.mmap(mm, BASE, 4 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_ANONYMOUS);
        m.store(mm, at, 5);
        long again = m.mremap(mm, at, 0, 4, MAYMOVE, 0);
        assertEquals(5, m.load(mm, again));
        assertEquals(5, m.load(mm, at));
        assertEquals(m.pfn(mm, at), m.pfn(mm, again));
    }

    // ---- page tables and huge pages

    @Test
    void a_huge_page_moved_to_an_aligned_place_stays_huge_and_elsewhere_is_mapped_by_pages() {
        MmMachine h = new MmMachine().enable(9);
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        int head = h.head(a, BASE);
        h.move(a, BASE, 512, AWAY);
        assertTrue(h.base.isHuge(a, AWAY));
        assertEquals(head, h.head(a, AWAY));
        h.check();

        h.move(a, AWAY, 512, BASE + 16 * PAGE);
        assertFalse(h.base.isHuge(a, BASE + 16 * PAGE));
        assertEquals(head, h.head(a, BASE + 16 * PAGE));
        assertEquals(512, h.frames.pages(head));
        assertEquals(1, h.vmstat(VmstatItem.THP_SPLIT_PMD));
        assertEquals(head + 511, h.pfn(a, BASE + (16 + 511) * PAGE));
        h.check();
    }

    @Test
    void an_aligned_table_moves_as_a_whole() {
        m.map(mm, BASE, 1024);
        fill(BASE, 1024);
        long tables = m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES);
        m.move(mm, BASE, 1024, AWAY);
        assertEquals(2, m.base.work(Work.MOVED_PMDS));
        assertEquals(0, m.base.work(Work.MOVED_PTES));
        assertEquals(tables, m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES));
        assertFilled(AWAY, 1024, BASE);
    }

    @Test
    void a_move_that_begins_inside_a_table_takes_the_whole_table_if_nothing_else_is_in_it() {
        long offset = 100 * PAGE;
        m.map(mm, BASE + offset, 512);
        fill(BASE + offset, 512);
        m.move(mm, BASE + offset, 512, AWAY + offset);
        assertEquals(1, m.base.work(Work.MOVED_PMDS));
        assertEquals(100, m.base.work(Work.MOVED_PTES));
        assertFilled(AWAY + offset, 512, BASE + offset);
    }

    @Test
    void a_move_that_begins_inside_a_table_leaves_it_if_something_else_is_in_it() {
        long offset = 100 * PAGE;
        m.map(mm, BASE, 1, R);
        m.map(mm, BASE + offset, 512);
        fill(BASE + offset, 512);
        m.move(mm, BASE + offset, 512, AWAY + offset);
        assertEquals(0, m.base.work(Work.MOVED_PMDS));
        assertEquals(512, m.base.work(Work.MOVED_PTES));
        assertFilled(AWAY + offset, 512, BASE + offset);
    }

    @Test
    void a_policy_can_have_the_entries_of_a_table_moved_one_by_one() {
        MmMachine entries = new MmMachine(
                MmMachine.policies().with(Slot.COLLAPSE_TABLE_MOVE, (CollapsePolicy.TableMove)
                        move -> TableMoveDecision.MOVE_ENTRIES),
                16_384);
        int a = entries.spawn();
        entries.map(a, BASE, 512);
        entries.writeAll(a, BASE, 512);
        entries.move(a, BASE, 512, AWAY);
        assertEquals(512, entries.base.work(Work.MOVED_PTES));
        assertEquals(0, entries.base.work(Work.MOVED_PMDS));
        entries.check();
    }

    @Test
    void moving_across_a_table_boundary_at_another_offset_moves_every_page() {
        m.map(mm, BASE + HUGE - 8 * PAGE, 16);
        fill(BASE + HUGE - 8 * PAGE, 16);
        m.move(mm, BASE + HUGE - 8 * PAGE, 16, AWAY + 500 * PAGE);
        assertFilled(AWAY + 500 * PAGE, 16, BASE + HUGE - 8 * PAGE);
        assertEquals(16, m.rss(mm));
    }

    // ---- the relocation policy

    @Test
    void the_relocation_policy_is_asked_about_faulted_anonymous_ranges_that_do_not_merge() {
        List<String> asked = new ArrayList<>();
        RelocationPolicy recording = request -> {
            asked.add(describe(request));
            return RelocationPlan.KEEP_INDEX;
        };
        MmMachine r = new MmMachine(MmMachine.policies().with(Slot.RELOCATION, recording), 16_384);
        int a = r.spawn();
        r.map(a, BASE, 12);
        r.move(a, BASE + 4 * PAGE, 4, AWAY);
        assertEquals(List.of(), asked);
        r.move(a, AWAY, 4, BASE + 4 * PAGE);
        r.writeAll(a, BASE, 12);
        r.move(a, BASE + 4 * PAGE, 4, AWAY);
        assertEquals(List.of("4 pages, 4 populated, previous false, next false, children false"), asked);
        r.move(a, AWAY, 4, BASE + 4 * PAGE);
        assertEquals(1, asked.size());
        int child = r.fork(a);
        r.move(a, BASE, 4, AWAY);
        assertEquals("4 pages, 4 populated, previous false, next false, children true", asked.getLast());
        r.exit(child);
        r.check();
    }

    private static String describe(RelocationRequest request) {
        return request.pages() + " pages, " + request.populatedEntries() + " populated, previous "
                + request.mergesWithPreviousIfRelocated() + ", next " + request.mergesWithNextIfRelocated()
                + ", children " + request.anonVmaHasChildren();
    }

    @Test
    void a_relocation_policy_may_have_the_call_fail() {
        MmMachine f = new MmMachine(
                MmMachine.policies().with(Slot.RELOCATION, (RelocationPolicy) request -> RelocationPlan.FAIL), 16_384);
        int a = f.spawn();
        f.map(a, BASE, 4);
        f.writeAll(a, BASE, 4);
        long committed = f.calls.commit().committed();
        assertEquals(-Errno.EFAULT, f.mremap(a, BASE, 4, 4, MAYMOVE | Mman.MREMAP_FIXED, AWAY));
        assertEquals(1, f.vmaCount(a, BASE, 4));
        assertEquals(committed, f.calls.commit().committed());
        f.check();
    }

    // ---- limits

    @Test
    void near_the_map_count_limit_nothing_is_moved_or_unmapped() {
        m.map(mm, BASE, 64);
        for (int i = 0; i < 16; i++) {
            m.mprotect(mm, BASE + (2 * i + 1) * PAGE, 1, R);
        }
        m.map(mm, AWAY, 1, R);
        int count = m.mms.mapCount(mm);
        m.spaces.limits().maxMapCount(count + 4);
        assertEquals(-Errno.ENOMEM, m.mremap(mm, BASE, 1, 1, MAYMOVE | Mman.MREMAP_FIXED, AWAY));
        assertEquals(count, m.mms.mapCount(mm));
        m.spaces.limits().maxMapCount(65_530);
        assertEquals(BASE + 2 * PAGE, m.mmap(mm, BASE + 2 * PAGE, PAGE, RW, ANON | Mman.MAP_FIXED));
    }
}

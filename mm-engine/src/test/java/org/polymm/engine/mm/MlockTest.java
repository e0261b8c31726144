package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.mm.MmMachine.ANON;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.R;
import static org.polymm.engine.mm.MmMachine.RW;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.vma.VmFlags;

/** mlock and large folios, as a 6.18 kernel shows it; order 4 is 64 KiB, order 9 is 2 MiB. */
class MlockTest {

    private final MmMachine m = new MmMachine().enable(4);
    private final int mm = m.spawn();

    @AfterEach
    void nothingIsBroken() {
        m.check();
    }

    private void folio(long pages) {
        m.map(mm, BASE, pages);
        m.write(mm, BASE);
        assertEquals(pages, m.frames.pages(m.head(mm, BASE)));
    }

    private static MmMachine huge() {
        return new MmMachine().enable(9);
    }

    @Test
    void mlock_of_a_whole_folio_marks_it() {
        folio(16);
        assertEquals(0, m.mlock(mm, BASE, 16));
        assertTrue(m.isMlocked(mm, BASE));
        assertTrue(m.isUnevictable(mm, BASE));
        assertEquals(16, m.vmstat(VmstatItem.NR_MLOCK));
        assertEquals(16, m.mms.lockedVm(mm));
    }

    @Test
    void a_folio_stays_mlocked_when_half_of_its_vma_is_protected_and_is_released_by_munlock_of_all() {
        folio(16);
        m.mlock(mm, BASE, 16);
        assertEquals(0, m.mprotect(mm, BASE + 8 * PAGE, 8, R));
        assertEquals(2, m.vmaCount(mm, BASE, 16));
        assertTrue(m.isMlocked(mm, BASE));
        assertTrue(m.isLockedVma(mm, BASE + 8 * PAGE));

        assertEquals(0, m.munlock(mm, BASE, 16));
        assertFalse(m.isMlocked(mm, BASE));
        assertFalse(m.isUnevictable(mm, BASE));
        assertEquals(0, m.vmstat(VmstatItem.NR_MLOCK));
        assertEquals(2, m.vmaCount(mm, BASE, 16));
    }

    @Test
    void munlock_of_half_releases_the_whole_folio_and_mlock_of_that_half_does_not_mark_it_again() {
        folio(16);
        m.mlock(mm, BASE, 16);
        m.mprotect(mm, BASE + 8 * PAGE, 8, R);
        assertEquals(0, m.munlock(mm, BASE, 8));
        assertFalse(m.isMlocked(mm, BASE));
        assertEquals(8, m.mms.lockedVm(mm));

        m.mprotect(mm, BASE + 8 * PAGE, 8, RW);
        assertEquals(0, m.mlock(mm, BASE, 8));
        assertEquals(1, m.vmaCount(mm, BASE, 16));
        assertEquals(16, m.mms.lockedVm(mm));
        assertFalse(m.isMlocked(mm, BASE));
    }

    @Test
    void protecting_half_and_back_while_locked_leaves_one_vma_and_the_mark() {
        folio(16);
        m.mlock(mm, BASE, 16);
        m.mprotect(mm, BASE + 8 * PAGE, 8, R);
        m.mprotect(mm, BASE + 8 * PAGE, 8, RW);
        assertEquals(1, m.vmaCount(mm, BASE, 16));
        assertTrue(m.isMlocked(mm, BASE));
    }

    @Test
    void munmap_of_half_of_a_locked_folio_releases_the_mark_and_keeps_the_folio() {
        folio(16);
        m.mlock(mm, BASE, 16);
        assertEquals(0, m.munmap(mm, BASE + 8 * PAGE, 8));
        assertFalse(m.isMlocked(mm, BASE));
        assertTrue(m.isLockedVma(mm, BASE));
        assertEquals(8, m.mms.lockedVm(mm));
        assertEquals(16, m.frames.pages(m.head(mm, BASE)));
        assertEquals(8, m.rss(mm));
    }

    @Test
    void mlock_on_fault_marks_a_folio_when_it_is_faulted_in() {
        m.map(mm, BASE, 16);
        assertEquals(0, m.calls.mlock().mlock2(mm, BASE, 16 * PAGE, Mman.MLOCK_ONFAULT));
        assertEquals(0, m.rss(mm));
        m.write(mm, BASE);
        assertEquals(16, m.rss(mm));
        assertTrue(m.isMlocked(mm, BASE));
    }

    @Test
    void mlock_of_half_never_marks_a_pte_mapped_folio() {
        folio(16);
        assertEquals(0, m.mlock(mm, BASE, 8));
        assertFalse(m.isMlocked(mm, BASE));
        assertEquals(8, m.mms.lockedVm(mm));
        assertEquals(0, m.mlock(mm, BASE + 8 * PAGE, 8));
        assertEquals(1, m.vmaCount(mm, BASE, 16));
        assertFalse(m.isMlocked(mm, BASE));
    }

    @Test
    void mlock_of_half_a_huge_page_splits_the_mapping_and_never_marks_it() {
        MmMachine h = huge();
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        assertTrue(h.base.isHuge(a, BASE));

        assertEquals(0, h.mlock(a, BASE, 256));
        assertFalse(h.base.isHuge(a, BASE));
        assertEquals(1, h.vmstat(VmstatItem.THP_SPLIT_PMD));
        assertEquals(0, h.vmstat(VmstatItem.THP_SPLIT_PAGE));
        assertEquals(512, h.frames.pages(h.head(a, BASE)));
        assertEquals(2, h.vmaCount(a, BASE, 512));
        assertFalse(h.isMlocked(a, BASE));

        assertEquals(0, h.mlock(a, BASE + 256 * PAGE, 256));
        assertEquals(1, h.vmaCount(a, BASE, 512));
        assertEquals(512, h.mms.lockedVm(a));
        assertFalse(h.isMlocked(a, BASE));
        h.check();
    }

    @Test
    void mlock_of_a_whole_huge_page_keeps_its_mapping_and_munlock_of_half_releases_all() {
        MmMachine h = huge();
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        h.mlock(a, BASE, 512);
        assertTrue(h.base.isHuge(a, BASE));
        assertTrue(h.isMlocked(a, BASE));
        assertEquals(512, h.vmstat(VmstatItem.NR_MLOCK));

        h.munlock(a, BASE, 256);
        assertFalse(h.isMlocked(a, BASE));
        assertEquals(2, h.vmaCount(a, BASE, 512));
        assertEquals(256, h.mms.lockedVm(a));
        h.check();
    }

    @Test
    void a_huge_page_locked_whole_and_split_by_mprotect_is_released_by_munlock_of_one_half() {
        MmMachine h = huge();
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        h.mlock(a, BASE, 512);
        h.mprotect(a, BASE, 256, R);
        assertTrue(h.isMlocked(a, BASE));
        h.munlock(a, BASE, 256);
        assertFalse(h.isMlocked(a, BASE));
        assertEquals(256, h.mms.lockedVm(a));
        h.check();
    }

    @Test
    void discarding_one_page_of_a_locked_huge_page_releases_the_mark_and_the_page_that_comes_back_is_mlocked() {
        MmMachine h = huge();
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        h.mlock(a, BASE, 512);
        assertEquals(0, h.madvise(a, BASE + 5 * PAGE, 1, Mman.MADV_DONTNEED_LOCKED));
        assertFalse(h.isMlocked(a, BASE));
        h.write(a, BASE + 5 * PAGE);
        assertNotEquals(h.head(a, BASE), h.head(a, BASE + 5 * PAGE));
        assertTrue(h.isMlocked(a, BASE + 5 * PAGE));
        assertEquals(1, h.vmstat(VmstatItem.NR_MLOCK));
        h.check();
    }

    @Test
    void mlock_fills_a_hole_in_a_folio_with_a_small_page_that_is_mlocked_while_the_folio_is_not() {
        folio(16);
        m.madvise(mm, BASE + 3 * PAGE, 1, Mman.MADV_DONTNEED);
        assertEquals(0, m.mlock(mm, BASE, 16));
        assertFalse(m.isMlocked(mm, BASE));
        assertTrue(m.isMlocked(mm, BASE + 3 * PAGE));
        assertEquals(0, m.frames.order(m.head(mm, BASE + 3 * PAGE)));
        assertEquals(1, m.vmstat(VmstatItem.NR_MLOCK));
        assertEquals(1, m.base.memory.deferred().length());
    }

    @Test
    void a_child_that_locks_a_shared_folio_marks_it_and_its_exit_releases_it() {
        folio(16);
        int child = m.fork(mm);
        // mlock would break the sharing by write faults; a read-only VMA keeps it.
        m.mprotect(child, BASE, 16, R);
        assertEquals(0, m.mlock(child, BASE, 16));
        assertTrue(m.isMlocked(mm, BASE));
        m.exit(child);
        assertFalse(m.isMlocked(mm, BASE));
    }

    @Test
    void mlock_of_the_zero_page_in_a_writable_vma_puts_a_page_of_its_own_there() {
        MmMachine small = new MmMachine();
        int a = small.spawn();
        small.map(a, BASE, 1);
        int zero = small.base.read(a, BASE);
        assertEquals(small.base.memory.folios().zeroPfn(), zero);
        assertEquals(0, small.mlock(a, BASE, 1));
        assertNotEquals(zero, small.pfn(a, BASE));
        assertTrue(small.isMlocked(a, BASE));
        small.check();
    }

    @Test
    void a_child_inherits_neither_locked_mappings_nor_locking_of_future_ones() {
        folio(16);
        m.calls.mlock().mlockall(mm, Mman.MCL_CURRENT | Mman.MCL_FUTURE);
        int child = m.fork(mm);
        assertFalse(m.isLockedVma(child, BASE));
        assertEquals(0, m.mms.lockedVm(child));
        assertEquals(0, m.mms.defFlags(child) & VmFlags.VM_LOCKED);
        assertTrue(m.isLockedVma(mm, BASE));
    }

    @Test
    void mlockall_for_the_future_locks_and_populates_what_is_mapped_later_until_munlockall() {
        assertEquals(0, m.calls.mlock().mlockall(mm, Mman.MCL_FUTURE));
        long at = m.mmap(mm, 0, 16 * PAGE, RW, ANON);
        assertTrue(m.isLockedVma(mm, at));
        assertEquals(16, m.rss(mm));
        assertTrue(m.isMlocked(mm, at));

        assertEquals(0, m.calls.mlock().munlockall(mm));
        assertFalse(m.isLockedVma(mm, at));
        assertFalse(m.isMlocked(mm, at));
        assertEquals(0, m.mms.lockedVm(mm));
        long later = m.mmap(mm, 0, PAGE, R, ANON);
        assertFalse(m.isLockedVma(mm, later));
    }

    @Test
    void mlock_before_a_hole_stays_done() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 8 * PAGE, 4);
        assertEquals(-12, m.mlock(mm, BASE, 12));
        assertTrue(m.isLockedVma(mm, BASE));
        assertFalse(m.isLockedVma(mm, BASE + 8 * PAGE));
        assertEquals(4, m.mms.lockedVm(mm));
    }

    @Test
    void a_range_locked_twice_is_counted_once_and_unlocked_at_once() {
        m.map(mm, BASE, 4);
        m.mlock(mm, BASE, 4);
        m.mlock(mm, BASE, 4);
        assertEquals(4, m.mms.lockedVm(mm));
        assertEquals(4, m.vmstat(VmstatItem.NR_MLOCK));
        m.munlock(mm, BASE, 4);
        assertFalse(m.isUnevictable(mm, BASE));
        assertEquals(0, m.vmstat(VmstatItem.NR_MLOCK));
    }

    @Test
    void a_folio_across_a_page_table_boundary_is_not_marked() {
        folio(16);
        long to = BASE + MmMachine.HUGE - 8 * PAGE;
        m.move(mm, BASE, 16, to);
        assertEquals(0, m.mlock(mm, to, 16));
        assertFalse(m.isMlocked(mm, to));
        assertEquals(16, m.mms.lockedVm(mm));
    }
}

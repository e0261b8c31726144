package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.R;
import static org.polymm.engine.mm.MmMachine.RW;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.VmFlags;

/** mprotect and the advices that change flags. */
class ProtectTest {

    private final MmMachine m = new MmMachine();
    private final int mm = m.spawn();

    @AfterEach
    void nothingIsBroken() {
        m.check();
    }

    @Test
    void taking_the_right_to_write_takes_it_from_every_entry() {
        m.map(mm, BASE, 4);
        m.writeAll(mm, BASE, 4);
        assertEquals(0, m.mprotect(mm, BASE, 4, R));
        assertFalse(m.base.isWritable(mm, BASE));
        assertEquals(-Errno.EFAULT, m.base.write(mm, BASE));
        m.load(mm, BASE);
    }

    @Test
    void an_exclusive_page_is_writable_again_without_a_fault() {
        m.map(mm, BASE, 4);
        m.writeAll(mm, BASE, 4);
        m.mprotect(mm, BASE, 4, R);
        long faults = m.vmstat(VmstatItem.PGFAULT);
        m.mprotect(mm, BASE, 4, RW);
        assertTrue(m.base.isWritable(mm, BASE));
        m.writeAll(mm, BASE, 4);
        assertEquals(faults, m.vmstat(VmstatItem.PGFAULT));
    }

    @Test
    void a_page_that_may_be_shared_is_not_writable_again_without_a_fault() {
        m.map(mm, BASE, 1);
        m.store(mm, BASE, 1);
        int child = m.fork(mm);
        m.mprotect(mm, BASE, 1, R);
        m.mprotect(mm, BASE, 1, RW);
        assertFalse(m.base.isWritable(mm, BASE));
        m.store(mm, BASE, 2);
        assertEquals(1, m.load(child, BASE));
    }

    @Test
    void the_zero_page_and_a_page_that_userfaultfd_watches_stay_read_only() {
        m.map(mm, BASE, 2);
        m.base.read(mm, BASE);
        m.write(mm, BASE + PAGE);
        m.base.setEntry(mm, BASE + PAGE, m.base.entry(mm, BASE + PAGE) & ~Pte.WRITE | Pte.UFFD_WP);
        m.mprotect(mm, BASE, 2, R);
        m.mprotect(mm, BASE, 2, RW);
        assertFalse(m.base.isWritable(mm, BASE));
        assertFalse(m.base.isWritable(mm, BASE + PAGE));
        m.base.setEntry(mm, BASE + PAGE, m.base.entry(mm, BASE + PAGE) & ~Pte.UFFD_WP);
    }

    @Test
    void a_clean_page_of_a_shared_file_waits_for_its_first_write_and_a_dirty_one_does_not() {
        int file = m.base.files.create(1, 4, Files.RESIDENT);
        m.calls.mmap().mmap(mm, BASE, 4 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        m.write(mm, BASE);
        m.base.read(mm, BASE + PAGE);
        m.mprotect(mm, BASE, 4, R);
        m.mprotect(mm, BASE, 4, RW);
        assertTrue(m.base.isWritable(mm, BASE));
        assertFalse(m.base.isWritable(mm, BASE + PAGE));
    }

    @Test
    void a_whole_huge_page_keeps_its_mapping_and_a_part_splits_it() {
        MmMachine h = new MmMachine().enable(9);
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        h.mprotect(a, BASE, 512, R);
        h.mprotect(a, BASE, 512, RW);
        assertTrue(h.base.isHuge(a, BASE));
        assertTrue(h.base.isWritable(a, BASE));
        h.mprotect(a, BASE, 16, R);
        assertFalse(h.base.isHuge(a, BASE));
        assertTrue(h.base.isExclusive(a, BASE + 400 * PAGE));
        assertTrue(h.base.isWritable(a, BASE + 400 * PAGE));
        assertFalse(h.base.isWritable(a, BASE));
        h.check();
    }

    @Test
    void protecting_the_middle_and_back_gives_one_vma_faulted_or_not() {
        m.map(mm, BASE, 12);
        m.mprotect(mm, BASE + 4 * PAGE, 4, R);
        assertEquals(3, m.vmaCount(mm, BASE, 12));
        m.mprotect(mm, BASE + 4 * PAGE, 4, RW);
        assertEquals(1, m.vmaCount(mm, BASE, 12));
        m.writeAll(mm, BASE, 12);
        m.mprotect(mm, BASE + 4 * PAGE, 4, R);
        m.mprotect(mm, BASE + 4 * PAGE, 4, RW);
        assertEquals(1, m.vmaCount(mm, BASE, 12));
    }

    @Test
    void an_error_leaves_the_vmas_before_it_changed() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 8 * PAGE, 4);
        assertEquals(-Errno.ENOMEM, m.mprotect(mm, BASE, 12, R));
        assertFalse(m.vmas.has(m.vma(mm, BASE), VmFlags.VM_WRITE));
        assertTrue(m.vmas.has(m.vma(mm, BASE + 8 * PAGE), VmFlags.VM_WRITE));
    }

    @Test
    void a_right_that_a_vma_may_never_have_is_refused() {
        m.map(mm, BASE, 4, R);
        int vma = m.vma(mm, BASE);
        m.vmas.flags(vma, m.vmas.flags(vma) & ~VmFlags.VM_MAYWRITE);
        assertEquals(-Errno.EACCES, m.mprotect(mm, BASE, 4, RW));
    }

    @Test
    void locked_read_only_memory_that_becomes_writable_gets_pages_of_its_own_at_once() {
        m.map(mm, BASE, 2, R);
        m.mlock(mm, BASE, 2);
        assertEquals(0, m.rss(mm));
        m.mprotect(mm, BASE, 2, RW);
        assertEquals(2, m.rss(mm));
        assertTrue(m.base.isWritable(mm, BASE));
        assertTrue(m.isMlocked(mm, BASE));
    }

    @Test
    void what_becomes_writable_is_promised_and_an_untouched_mapping_is_released_when_it_is_read_only_again() {
        m.map(mm, BASE, 4, R);
        assertEquals(0, m.calls.commit().committed());
        m.mprotect(mm, BASE, 4, RW);
        assertEquals(4, m.calls.commit().committed());
        m.mprotect(mm, BASE, 4, R);
        assertEquals(0, m.calls.commit().committed());
        m.mprotect(mm, BASE, 4, RW);
        m.write(mm, BASE);
        m.mprotect(mm, BASE, 4, R);
        assertEquals(4, m.calls.commit().committed());
        assertEquals(0, m.mms.dataVm(mm));
    }

    @Test
    void at_the_map_count_limit_a_split_fails_and_what_needs_none_does_not() {
        m.map(mm, BASE, 4);
        m.spaces.limits().maxMapCount(1);
        assertEquals(-Errno.ENOMEM, m.mprotect(mm, BASE + PAGE, 1, R));
        assertEquals(-Errno.EAGAIN, m.madvise(mm, BASE + PAGE, 1, Mman.MADV_RANDOM));
        assertEquals(-Errno.ENOMEM, m.mlock(mm, BASE + PAGE, 1));
        assertEquals(0, m.mprotect(mm, BASE, 4, R));
        assertEquals(1, m.mms.mapCount(mm));
    }

    // ---- advices

    @Test
    void advices_set_and_clear_their_flags_and_undo_each_other() {
        m.map(mm, BASE, 4);
        assertFlags(Mman.MADV_HUGEPAGE, VmFlags.VM_HUGEPAGE, VmFlags.VM_NOHUGEPAGE);
        assertFlags(Mman.MADV_NOHUGEPAGE, VmFlags.VM_NOHUGEPAGE, VmFlags.VM_HUGEPAGE);
        assertFlags(Mman.MADV_RANDOM, VmFlags.VM_RAND_READ, VmFlags.VM_SEQ_READ);
        assertFlags(Mman.MADV_SEQUENTIAL, VmFlags.VM_SEQ_READ, VmFlags.VM_RAND_READ);
        assertFlags(Mman.MADV_NORMAL, 0, VmFlags.VM_RAND_READ | VmFlags.VM_SEQ_READ);
        assertFlags(Mman.MADV_DONTFORK, VmFlags.VM_DONTCOPY, 0);
        assertFlags(Mman.MADV_DOFORK, 0, VmFlags.VM_DONTCOPY);
        assertFlags(Mman.MADV_WIPEONFORK, VmFlags.VM_WIPEONFORK, 0);
        assertFlags(Mman.MADV_KEEPONFORK, 0, VmFlags.VM_WIPEONFORK);
        assertFlags(Mman.MADV_DONTDUMP, VmFlags.VM_DONTDUMP, 0);
        assertFlags(Mman.MADV_DODUMP, 0, VmFlags.VM_DONTDUMP);
        assertFlags(Mman.MADV_MERGEABLE, VmFlags.VM_MERGEABLE, 0);
        assertFlags(Mman.MADV_UNMERGEABLE, 0, VmFlags.VM_MERGEABLE);
    }

    private void assertFlags(int advice, long set, long clear) {
        assertEquals(0, m.madvise(mm, BASE, 4, advice));
        long flags = m.vmas.flags(m.vma(mm, BASE));
        assertEquals(set, flags & (set | clear), VmFlags.mnemonics(flags));
    }

    @Test
    void an_advice_for_a_part_splits_and_merges_again() {
        m.map(mm, BASE, 12);
        m.madvise(mm, BASE + 4 * PAGE, 4, Mman.MADV_NOHUGEPAGE);
        assertEquals(3, m.vmaCount(mm, BASE, 12));
        m.madvise(mm, BASE, 12, Mman.MADV_NOHUGEPAGE);
        assertEquals(1, m.vmaCount(mm, BASE, 12));
    }

    @Test
    void populate_read_maps_zero_pages_and_populate_write_pages_of_its_own() {
        m.map(mm, BASE, 4);
        assertEquals(0, m.madvise(mm, BASE, 4, Mman.MADV_POPULATE_READ));
        assertEquals(0, m.rss(mm));
        assertTrue(m.isMapped(mm, BASE + 3 * PAGE));
        assertEquals(0, m.madvise(mm, BASE, 4, Mman.MADV_POPULATE_WRITE));
        assertEquals(4, m.rss(mm));
    }
}

package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.RW;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.gup.GupFlags;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.VmFlags;

/** fork, copying on write and pins, as a 6.18 kernel shows it. */
class ForkTest {

    private final MmMachine m = new MmMachine().enable(4);
    private final int parent = m.spawn();

    @AfterEach
    void nothingIsBroken() {
        m.check();
    }

    private void folio() {
        m.map(parent, BASE, 16);
        for (int i = 0; i < 16; i++) {
            m.store(parent, BASE + i * PAGE, 100 + i);
        }
        assertEquals(4, m.base.order(parent, BASE));
    }

    private int mapcount(int mm, long address) {
        return m.frames.pageMapcount(m.pfn(mm, address));
    }

    @Test
    void after_fork_all_pages_are_shared_read_only_and_not_exclusive() {
        folio();
        int child = m.fork(parent);
        for (int i = 0; i < 16; i++) {
            long at = BASE + i * PAGE;
            assertEquals(m.pfn(parent, at), m.pfn(child, at));
            assertFalse(m.base.isExclusive(parent, at));
            assertFalse(m.base.isWritable(parent, at));
            assertFalse(m.base.isWritable(child, at));
            assertEquals(2, mapcount(parent, at));
            assertEquals(100 + i, m.load(child, at));
        }
        assertEquals(16, m.rss(child));
        assertEquals(16, m.base.work(Work.FORKED_PTES));
    }

    @Test
    void a_huge_page_stays_mapped_whole_in_both() {
        MmMachine h = new MmMachine().enable(9);
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        int b = h.fork(a);
        assertTrue(h.base.isHuge(a, BASE));
        assertTrue(h.base.isHuge(b, BASE));
        assertEquals(2, h.frames.entireMapcount(h.head(a, BASE)));
        assertEquals(512, h.rss(b));
        assertEquals(1, h.base.work(Work.FORKED_PMDS));
        h.check();

        h.write(b, BASE + 3 * PAGE);
        assertTrue(h.base.isHuge(a, BASE));
        assertFalse(h.base.isHuge(b, BASE));
        assertEquals(0, h.base.order(b, BASE + 3 * PAGE));
        h.check();
    }

    @Test
    void a_write_copies_one_page_in_whoever_writes() {
        folio();
        int child = m.fork(parent);
        int shared = m.pfn(parent, BASE + 3 * PAGE);
        m.write(child, BASE + 3 * PAGE);
        assertNotEquals(shared, m.pfn(child, BASE + 3 * PAGE));
        assertEquals(0, m.base.order(child, BASE + 3 * PAGE));
        assertEquals(shared, m.pfn(parent, BASE + 3 * PAGE));
        assertEquals(m.pfn(parent, BASE + 4 * PAGE), m.pfn(child, BASE + 4 * PAGE));
        assertEquals(1, mapcount(parent, BASE + 3 * PAGE));

        int five = m.pfn(parent, BASE + 5 * PAGE);
        m.write(parent, BASE + 5 * PAGE);
        assertNotEquals(five, m.pfn(parent, BASE + 5 * PAGE));
        assertEquals(five, m.pfn(child, BASE + 5 * PAGE));
    }

    @Test
    void after_the_child_exits_the_parent_writes_in_place_although_the_folio_was_partly_unmapped() {
        folio();
        int child = m.fork(parent);
        m.write(child, BASE + 3 * PAGE);
        m.write(parent, BASE + 5 * PAGE);
        int three = m.pfn(parent, BASE + 3 * PAGE);
        int eight = m.pfn(parent, BASE + 8 * PAGE);
        m.exit(child);
        m.write(parent, BASE + 8 * PAGE);
        m.write(parent, BASE + 3 * PAGE);
        assertEquals(eight, m.pfn(parent, BASE + 8 * PAGE));
        assertEquals(three, m.pfn(parent, BASE + 3 * PAGE));
    }

    @Test
    void when_the_parent_unmaps_all_the_child_writes_in_place() {
        folio();
        int child = m.fork(parent);
        int pfn = m.pfn(child, BASE);
        m.munmap(parent, BASE, 16);
        m.write(child, BASE);
        assertEquals(pfn, m.pfn(child, BASE));
    }

    @Test
    void of_three_processes_the_parent_reuses_when_the_others_are_gone() {
        folio();
        int a = m.fork(parent);
        int b = m.fork(parent);
        int pfn = m.pfn(parent, BASE);
        m.exit(a);
        m.exit(b);
        m.write(parent, BASE);
        assertEquals(pfn, m.pfn(parent, BASE));
    }

    @Test
    void a_third_process_that_was_never_tracked_copies_although_it_is_alone() {
        folio();
        int a = m.fork(parent);
        int b = m.fork(parent);
        int pfn = m.pfn(b, BASE);
        m.exit(parent);
        m.exit(a);
        m.write(b, BASE);
        assertNotEquals(pfn, m.pfn(b, BASE));
    }

    // ---- which VMAs

    @Test
    void a_vma_that_is_not_to_be_copied_is_missing_in_the_child() {
        folio();
        m.madvise(parent, BASE, 8, Mman.MADV_DONTFORK);
        int child = m.fork(parent);
        assertEquals(0, m.vmaCount(child, BASE, 8));
        assertEquals(1, m.vmaCount(child, BASE + 8 * PAGE, 8));
        assertTrue(m.base.isExclusive(parent, BASE));
        assertFalse(m.base.isExclusive(parent, BASE + 8 * PAGE));
        assertEquals(8, m.mms.totalVm(child));
    }

    @Test
    void a_vma_that_is_wiped_is_empty_in_the_child_and_again_in_the_grandchild() {
        folio();
        m.madvise(parent, BASE, 16, Mman.MADV_WIPEONFORK);
        int child = m.fork(parent);
        assertEquals(1, m.vmaCount(child, BASE, 16));
        assertEquals(0, m.rss(child));
        assertTrue(m.vmas.has(m.vma(child, BASE), VmFlags.VM_WIPEONFORK));
        assertTrue(m.base.isExclusive(parent, BASE));
        m.store(child, BASE, 7);
        int grandchild = m.fork(child);
        assertEquals(0, m.load(grandchild, BASE));
    }

    @Test
    void shared_memory_is_not_copied_but_found_again() {
        long at = m.mmap(parent, BASE, 4 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_ANONYMOUS);
        m.store(parent, at, 11);
        int child = m.fork(parent);
        assertEquals(0, m.rss(child));
        assertEquals(11, m.load(child, at));
        m.store(child, at, 12);
        assertEquals(12, m.load(parent, at));
        m.munmap(parent, at, 4);
        assertEquals(12, m.load(child, at));
        assertEquals(1, m.base.files.live());
        m.exit(child);
        assertEquals(0, m.base.files.live());
        assertEquals(0, m.vmstat(VmstatItem.NR_SHMEM));
    }

    @Test
    void the_zero_page_is_shared_without_being_counted() {
        MmMachine small = new MmMachine();
        int a = small.spawn();
        small.map(a, BASE, 2);
        small.base.read(a, BASE);
        small.write(a, BASE + PAGE);
        int b = small.fork(a);
        assertEquals(small.base.memory.folios().zeroPfn(), small.pfn(b, BASE));
        assertEquals(1, small.rss(b));
        small.check();
    }

    // ---- pins

    private int pin(MmMachine machine, int mm, long address) {
        int pin = machine.pins.take(mm, address, PAGE, GupFlags.PIN);
        assertTrue(pin > 0, () -> Errno.name(pin));
        return pin;
    }

    @Test
    void a_pinned_page_stays_with_the_parent_and_the_child_gets_copies_of_the_whole_folio() {
        folio();
        int pin = pin(m, parent, BASE);
        int head = m.head(parent, BASE);
        int child = m.fork(parent);
        for (int i = 0; i < 16; i++) {
            long at = BASE + i * PAGE;
            assertEquals(head + i, m.pfn(parent, at));
            assertTrue(m.base.isExclusive(parent, at));
            assertTrue(m.base.isWritable(parent, at));
            assertEquals(0, m.base.order(child, at));
            assertTrue(m.base.isExclusive(child, at));
            assertTrue(m.base.isWritable(child, at));
            assertEquals(100 + i, m.load(child, at));
        }
        assertEquals(16, m.base.work(Work.COPIED_PAGES));
        m.store(parent, BASE, 30);
        assertEquals(head, m.pfn(parent, BASE));
        assertEquals(100, m.load(child, BASE));
        m.pins.release(pin);
        m.check();
    }

    @Test
    void one_pinned_small_page_is_copied_alone() {
        MmMachine small = new MmMachine();
        int a = small.spawn();
        small.map(a, BASE, 4);
        small.writeAll(a, BASE, 4);
        int pin = pin(small, a, BASE + PAGE);
        int b = small.fork(a);
        assertNotEquals(small.pfn(a, BASE + PAGE), small.pfn(b, BASE + PAGE));
        assertTrue(small.base.isExclusive(a, BASE + PAGE));
        assertEquals(small.pfn(a, BASE), small.pfn(b, BASE));
        assertEquals(small.pfn(a, BASE + 2 * PAGE), small.pfn(b, BASE + 2 * PAGE));
        small.check();
        small.pins.release(pin);
        small.check();
    }

    @Test
    void a_pinned_huge_page_is_split_to_pages_in_the_parent_and_copied_for_the_child() {
        MmMachine h = new MmMachine().enable(9);
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        int pin = pin(h, a, BASE);
        int head = h.head(a, BASE);
        int b = h.fork(a);
        assertFalse(h.base.isHuge(a, BASE));
        assertEquals(head + 300, h.pfn(a, BASE + 300 * PAGE));
        assertEquals(512, h.frames.pages(head));
        assertEquals(0, h.base.order(b, BASE + 300 * PAGE));
        assertEquals(512, h.rss(b));
        h.check();

        assertEquals(0, h.munmap(a, BASE + 256 * PAGE, 256));
        assertEquals(512, h.frames.pages(head));
        h.check();
        h.pins.release(pin);
        h.check();
    }

    @Test
    void a_folio_that_was_shared_before_it_was_pinned_is_shared_again() {
        folio();
        int first = m.fork(parent);
        m.base.memory.folios().pin(m.head(parent, BASE), 1);
        m.mms.hasPinned(parent, true);
        int second = m.fork(parent);
        assertEquals(m.pfn(parent, BASE), m.pfn(second, BASE));
        assertEquals(0, m.base.work(Work.COPIED_PAGES));
        m.base.memory.folios().unpin(m.head(first, BASE), 1);
    }

    @Test
    void mixed_exclusiveness_in_one_folio_is_kept_page_by_page() {
        folio();
        m.madvise(parent, BASE + 8 * PAGE, 8, Mman.MADV_DONTFORK);
        int child = m.fork(parent);
        m.madvise(parent, BASE + 8 * PAGE, 8, Mman.MADV_DOFORK);
        assertEquals(1, m.vmaCount(parent, BASE, 16));
        assertFalse(m.base.isExclusive(parent, BASE + 7 * PAGE));
        assertTrue(m.base.isExclusive(parent, BASE + 8 * PAGE));
        assertEquals(8, m.rss(child));
    }

    // ---- failure, sequence

    @Test
    void a_fork_without_memory_for_a_copy_leaves_no_child() {
        folio();
        int pin = pin(m, parent, BASE);
        long free = m.freeFrames();
        long committed = m.calls.commit().committed();
        m.base.memory.buddy().failNext(0, 1);
        assertEquals(-Errno.ENOMEM, m.fork(parent));
        m.base.memory.buddy().failNext(0, 0);
        assertEquals(1, m.mms.live());
        assertEquals(free, m.freeFrames());
        assertEquals(committed, m.calls.commit().committed());
        m.check();
        m.pins.release(pin);
        m.check();
    }

    @Test
    void the_write_protect_sequence_is_even_again_and_has_advanced() {
        folio();
        long before = m.mms.writeProtectSeq(parent);
        m.fork(parent);
        assertTrue(m.mms.writeProtectSeq(parent) > before);
        assertEquals(0, m.mms.writeProtectSeq(parent) & 1);
    }

    @Test
    void limits_and_the_heap_are_inherited() {
        m.mms.rlimitMemlock(parent, 12_345);
        long brk = m.calls.brk().brk(parent, m.mms.startBrk(parent) + 4 * PAGE);
        int child = m.fork(parent);
        assertEquals(12_345, m.mms.rlimitMemlock(child));
        assertEquals(brk, m.mms.brk(child));
        assertEquals(parent, m.mms.parent(child));
    }
}

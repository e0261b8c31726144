package org.polymm.engine.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.testpolicy.TestMachine.HUGE;
import static org.polymm.engine.testpolicy.TestMachine.PAGE;
import static org.polymm.engine.testpolicy.TestMachine.RO;
import static org.polymm.engine.testpolicy.TestMachine.RW;
import static org.polymm.engine.testpolicy.TestMachine.SHARED;

import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.TestMachine;
import org.polymm.engine.vma.VmFlags;

class FileFaultTest {

    private static final long BASE = 64 * HUGE;

    private final TestMachine m = new TestMachine(FixedPolicies.mainline(), 8_192);
    private final int mm = m.newMm();

    private int file(int kind) {
        return m.files.create(1, 100, kind);
    }

    private int mappedPages(long from, long to) {
        int mapped = 0;
        for (long page = from; page < to; page++) {
            mapped += m.pfn(mm, BASE + page * PAGE) != 0 ? 1 : 0;
        }
        return mapped;
    }

    @Test
    void reading_a_page_of_a_resident_file_maps_the_aligned_window_around_it() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE, 100, RO, file, 0);
        m.read(mm, BASE + 21 * PAGE);
        assertEquals(16, mappedPages(16, 32));
        assertEquals(16, mappedPages(0, 100));
        assertEquals(16, m.mms.rssFile(mm));
        assertEquals(16, m.vmstat(VmstatItem.NR_MAPPED));
        assertEquals(16, m.vmstat(VmstatItem.NR_FILE_PAGES));
        assertEquals(1, m.vmstat(VmstatItem.PGFAULT));
        assertEquals(0, m.vmstat(VmstatItem.PGMAJFAULT));
        assertEquals(1, m.work(Work.FILE_FAULTS));
        assertFalse(m.isWritable(mm, BASE + 21 * PAGE));
        int page = m.pfn(mm, BASE + 21 * PAGE);
        assertEquals(file, m.frames.mapping(page));
        assertEquals(21, m.frames.index(page));
    }

    @Test
    void the_window_ends_with_the_vma_and_with_the_file() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE + 3 * PAGE, 8, RO, file, 95);
        m.read(mm, BASE + 4 * PAGE);
        assertEquals(5, mappedPages(0, 16), "pages 95 to 99 of the file at 3 to 7");
        assertEquals(5, mappedPages(3, 8));
        assertEquals(FaultResult.SIGBUS, m.read(mm, BASE + 8 * PAGE), "inside the VMA, beyond the file");
        m.sync.assertNothingHeld("after SIGBUS");
    }

    @Test
    void a_window_that_begins_with_the_vma_is_as_long_from_there() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE + 12 * PAGE, 40, RO, file, 0);
        m.read(mm, BASE + 13 * PAGE);
        assertEquals(16, mappedPages(12, 28));
        assertEquals(16, mappedPages(0, 64));
    }

    @Test
    void a_private_write_beyond_the_end_of_the_file_leaves_an_anon_vma_behind() {
        int file = file(Files.RESIDENT);
        int vma = m.mapFile(mm, BASE, 8, RW, file, 95);
        assertEquals(FaultResult.SIGBUS, m.write(mm, BASE + 6 * PAGE));
        assertNotEquals(0, m.vmas.anonVma(vma));
    }

    @Test
    void a_read_beyond_the_end_of_the_file_maps_the_cached_pages_before_it() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE, 8, RO, file, 95);
        assertEquals(FaultResult.SIGBUS, m.read(mm, BASE + 6 * PAGE));
        assertEquals(5, mappedPages(0, 8));
    }

    @Test
    void the_first_read_of_a_page_on_disk_is_a_major_fault_that_reads_its_surroundings() {
        int file = file(0);
        m.mapFile(mm, BASE, 100, RO, file, 0);
        m.read(mm, BASE + 50 * PAGE);
        assertEquals(1, m.vmstat(VmstatItem.PGMAJFAULT));
        assertEquals(32, m.files.cached(file));
        assertEquals(1, mappedPages(0, 100), "what was read is not mapped yet");
        m.read(mm, BASE + 51 * PAGE);
        assertEquals(1, m.vmstat(VmstatItem.PGMAJFAULT));
        assertEquals(16, mappedPages(0, 100), "the window [48,64), all of it cached");
    }

    @Test
    void random_access_reads_single_pages() {
        int file = file(0);
        m.mapFile(mm, BASE, 100, RO | VmFlags.VM_RAND_READ, file, 0);
        m.read(mm, BASE + 50 * PAGE);
        assertEquals(1, m.files.cached(file));
    }

    @Test
    void fault_around_leaves_out_pages_that_are_not_cached_or_that_somebody_locked() {
        int file = file(0);
        m.mapFile(mm, BASE, 16, RO | VmFlags.VM_RAND_READ, file, 0);
        int other = m.newMm();
        m.mapFile(other, BASE, 16, RO | VmFlags.VM_RAND_READ, file, 0);
        for (int page : new int[] {2, 5, 7}) {
            m.read(other, BASE + page * PAGE);
        }
        int locked = m.files.page(file, 5);
        m.sync.tryLock(LockClass.FOLIO_LOCK, locked);
        m.read(mm, BASE + 2 * PAGE);
        m.sync.unlock(LockClass.FOLIO_LOCK, locked);
        assertEquals(2, mappedPages(0, 16));
        assertEquals(0, m.pfn(mm, BASE + 5 * PAGE));
    }

    @Test
    void a_private_write_copies_the_cached_page_and_leaves_it_unmapped() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE, 16, RW, file, 0);
        int copy = m.write(mm, BASE + 3 * PAGE);
        assertTrue(m.frames.test(copy, Frames.ANON));
        assertTrue(m.isExclusive(mm, BASE + 3 * PAGE) && m.isWritable(mm, BASE + 3 * PAGE));
        assertEquals(1, mappedPages(0, 16), "a write does not fault around");
        assertEquals(1, m.mms.rssAnon(mm));
        assertEquals(0, m.mms.rssFile(mm));
        assertEquals(0, m.frames.mapcount(m.files.page(file, 3)));
        assertEquals(1, m.work(Work.COPIED_PAGES));
    }

    @Test
    void a_write_to_a_page_that_was_read_privately_replaces_it_by_a_copy() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE, 16, RW, file, 0);
        int cached = m.read(mm, BASE);
        m.memory.contents().write(cached, 9);
        m.store(mm, BASE, 5);
        assertNotEquals(cached, m.pfn(mm, BASE));
        assertEquals(9, m.memory.contents().read(cached));
        assertEquals(1, m.mms.rssAnon(mm));
        assertEquals(15, m.mms.rssFile(mm));
        assertEquals(15, m.vmstat(VmstatItem.NR_MAPPED));
        assertEquals(1, m.work(Work.COW_COPIES));
    }

    @Test
    void a_shared_write_makes_the_page_dirty_and_the_entry_writable() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE, 16, SHARED, file, 0);
        int page = m.write(mm, BASE);
        assertTrue(m.isWritable(mm, BASE));
        assertTrue(m.frames.test(page, Frames.DIRTY));
        assertEquals(1, m.vmstat(VmstatItem.NR_DIRTY));
        assertEquals(page, m.files.page(file, 0));
        assertEquals(1, m.mms.rssFile(mm));
    }

    @Test
    void a_regular_file_hears_of_the_first_write_to_a_page_that_was_read() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE, 16, SHARED, file, 0);
        int page = m.read(mm, BASE);
        assertFalse(m.isWritable(mm, BASE), "a write must be noticed");
        assertEquals(page, m.write(mm, BASE));
        assertTrue(m.isWritable(mm, BASE));
        assertEquals(1, m.vmstat(VmstatItem.NR_DIRTY));
        assertEquals(1, m.vmstat(VmstatItem.PGREUSE));
        assertEquals(0, m.work(Work.COW_COPIES));
        m.sync.assertNothingHeld("after the file heard of it");
    }

    @Test
    void shmem_maps_writable_at_once_and_two_processes_see_one_page() {
        int file = file(Files.SHMEM);
        int other = m.newMm();
        m.mapFile(mm, BASE, 16, SHARED, file, 0);
        m.mapFile(other, BASE, 16, SHARED, file, 0);
        m.read(mm, BASE);
        assertTrue(m.isWritable(mm, BASE));
        m.store(mm, BASE, 4);
        assertEquals(4, m.load(other, BASE));
        assertEquals(1, m.mms.rssShmem(mm));
        assertEquals(1, m.vmstat(VmstatItem.NR_SHMEM));
        assertEquals(1, m.vmstat(VmstatItem.NR_MAPPED));
        assertEquals(2, m.frames.mapcount(m.files.page(file, 0)));
        assertEquals(0, m.vmstat(VmstatItem.NR_DIRTY));
        assertEquals(0, m.vmstat(VmstatItem.PGMAJFAULT));
    }

    @Test
    void a_marker_of_write_protection_survives_the_mapping_of_its_page() {
        int file = file(Files.SHMEM);
        m.mapFile(mm, BASE, 16, SHARED | VmFlags.VM_UFFD_WP, file, 0);
        m.setEntry(mm, BASE, Pte.marker(Pte.MARKER_UFFD_WP));
        m.read(mm, BASE);
        assertTrue(Pte.isUffdWp(m.entry(mm, BASE)) && Pte.isPresent(m.entry(mm, BASE)));
        assertFalse(m.isWritable(mm, BASE));
    }

    @Test
    void pages_of_a_file_are_mlocked_when_they_are_mapped_into_a_locked_vma() {
        int file = file(Files.RESIDENT);
        m.mapFile(mm, BASE, 16, RO | VmFlags.VM_LOCKED, file, 0);
        m.read(mm, BASE);
        assertEquals(16, m.vmstat(VmstatItem.NR_MLOCK));
        m.exit(mm);
        m.memory.lru().drain();
        assertEquals(0, m.vmstat(VmstatItem.NR_MLOCK));
        assertEquals(0, m.vmstat(VmstatItem.NR_MAPPED));
        assertEquals(16, m.vmstat(VmstatItem.NR_FILE_PAGES), "they stay in the page cache");
    }

    @Test
    void without_memory_for_the_page_or_for_its_copy_a_fault_fails() {
        int file = file(0);
        m.mapFile(mm, BASE, 16, RW, file, 0);
        m.memory.buddy().failNext(0, 1);
        assertEquals(FaultResult.OOM, m.write(mm, BASE));
        m.memory.buddy().failNext(0, 1);
        assertEquals(FaultResult.OOM, m.read(mm, BASE));
        assertTrue(m.write(mm, BASE) > 0);
        m.sync.assertNothingHeld("after failed faults");
    }
}

package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.mm.MmMachine.BASE;
import static org.polymm.engine.mm.MmMachine.HUGE;
import static org.polymm.engine.mm.MmMachine.PAGE;
import static org.polymm.engine.mm.MmMachine.R;
import static org.polymm.engine.mm.MmMachine.RW;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.vma.VmFlags;

/** munmap and MADV_DONTNEED: what goes, what stays, what is freed. */
class ZapTest {

    private final MmMachine m = new MmMachine().enable(4);
    private final int mm = m.spawn();

    @AfterEach
    void nothingIsBroken() {
        m.check();
    }

    @Test
    void munmap_gives_back_every_frame_and_every_table() {
        long free = m.freeFrames();
        long tables = m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES);
        m.map(mm, BASE, 2048);
        m.writeAll(mm, BASE, 2048);
        assertEquals(2048, m.rss(mm));
        assertEquals(0, m.munmap(mm, BASE, 2048));
        assertEquals(0, m.rss(mm));
        assertEquals(free, m.freeFrames());
        assertEquals(tables, m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES));
        assertEquals(0, m.vmstat(VmstatItem.NR_ANON_PAGES));
        assertEquals(2048, m.base.work(Work.ZAPPED_PTES));
        assertEquals(2048, m.mms.hiwaterRss(mm));
    }

    @Test
    void a_table_that_a_neighbour_needs_stays() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 8 * PAGE, 4);
        m.writeAll(mm, BASE, 4);
        m.writeAll(mm, BASE + 8 * PAGE, 4);
        long tables = m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES);
        m.munmap(mm, BASE, 4);
        assertEquals(tables, m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES));
        assertTrue(m.isMapped(mm, BASE + 8 * PAGE));
    }

    @Test
    void unmapping_half_a_huge_page_keeps_the_folio_and_queues_it() {
        MmMachine h = new MmMachine().enable(9);
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        int head = h.head(a, BASE);
        assertEquals(0, h.munmap(a, BASE, 256));
        assertEquals(512, h.frames.pages(head));
        assertEquals(256, h.rss(a));
        assertFalse(h.base.isHuge(a, BASE + 256 * PAGE));
        assertEquals(head + 256, h.pfn(a, BASE + 256 * PAGE));
        assertEquals(1, h.base.mthp(MthpStat.NR_ANON_PARTIALLY_MAPPED, 9));
        assertEquals(1, h.base.mthp(MthpStat.SPLIT_DEFERRED, 9));
        assertEquals(1, h.vmstat(VmstatItem.THP_DEFERRED_SPLIT_PAGE));
        h.check();
    }

    @Test
    void unmapping_a_whole_huge_page_splits_nothing() {
        MmMachine h = new MmMachine().enable(9);
        int a = h.spawn();
        long free = h.freeFrames();
        h.map(a, BASE, 1024);
        h.write(a, BASE);
        h.write(a, BASE + HUGE);
        h.munmap(a, BASE, 1024);
        assertEquals(0, h.vmstat(VmstatItem.THP_SPLIT_PMD));
        assertEquals(2, h.base.work(Work.ZAPPED_PMDS));
        assertEquals(free, h.freeFrames());
        h.check();
    }

    @Test
    void discarding_one_page_of_a_folio_queues_it_and_reads_as_zero() {
        m.map(mm, BASE, 16);
        m.store(mm, BASE + 5 * PAGE, 77);
        assertEquals(0, m.madvise(mm, BASE + 5 * PAGE, 1, Mman.MADV_DONTNEED));
        assertEquals(1, m.base.mthp(MthpStat.SPLIT_DEFERRED, 4));
        assertEquals(0, m.load(mm, BASE + 5 * PAGE));
        assertEquals(m.base.memory.folios().zeroPfn(), m.pfn(mm, BASE + 5 * PAGE));
        assertEquals(15, m.rss(mm));
    }

    @Test
    void discarding_beyond_a_hole_does_the_rest_and_says_so() {
        m.map(mm, BASE, 4);
        m.map(mm, BASE + 8 * PAGE, 4);
        m.writeAll(mm, BASE, 4);
        m.writeAll(mm, BASE + 8 * PAGE, 4);
        assertEquals(-Errno.ENOMEM, m.madvise(mm, BASE, 12, Mman.MADV_DONTNEED));
        assertEquals(0, m.rss(mm));
        assertEquals(2, m.vmaCount(mm, BASE, 12));
    }

    @Test
    void discarding_all_of_a_table_frees_the_table_and_discarding_a_part_does_not() {
        m.map(mm, BASE, 1024);
        m.writeAll(mm, BASE, 1024);
        long tables = m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES);
        m.madvise(mm, BASE, 512, Mman.MADV_DONTNEED);
        assertEquals(tables - 1, m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES));
        m.madvise(mm, BASE + HUGE, 511, Mman.MADV_DONTNEED);
        m.madvise(mm, BASE + HUGE + 511 * PAGE, 1, Mman.MADV_DONTNEED);
        assertEquals(tables - 1, m.vmstat(VmstatItem.NR_PAGE_TABLE_PAGES));
    }

    @Test
    void the_huge_zero_page_goes_without_being_counted() {
        MmMachine h = new MmMachine().enable(9);
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.base.read(a, BASE);
        assertTrue(h.base.isHuge(a, BASE));
        assertEquals(0, h.rss(a));
        h.munmap(a, BASE, 128);
        assertEquals(0, h.rss(a));
        h.munmap(a, BASE, 512);
        h.check();
    }

    // ---- markers

    @Test
    void a_guard_marker_outlives_discarding_and_not_munmap() {
        m.map(mm, BASE, 4);
        m.writeAll(mm, BASE, 4);
        m.madvise(mm, BASE + PAGE, 1, Mman.MADV_DONTNEED);
        m.base.setEntry(mm, BASE + PAGE, Pte.marker(Pte.MARKER_GUARD));
        assertEquals(0, m.madvise(mm, BASE, 4, Mman.MADV_DONTNEED));
        assertEquals(Pte.MARKER_GUARD, Pte.markers(m.base.entry(mm, BASE + PAGE)));
        assertEquals(-Errno.EFAULT, m.base.write(mm, BASE + PAGE));
        m.munmap(mm, BASE, 4);
        m.map(mm, BASE, 4);
        m.write(mm, BASE + PAGE);
    }

    @Test
    void a_write_protected_file_page_leaves_a_marker_when_it_is_discarded() {
        int file = m.base.files.create(1, 4, Files.SHMEM);
        m.calls.mmap().mmap(mm, BASE, 4 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        m.write(mm, BASE);
        int vma = m.vma(mm, BASE);
        m.vmas.flags(vma, m.vmas.flags(vma) | VmFlags.VM_UFFD_WP);
        m.base.setEntry(mm, BASE, m.base.entry(mm, BASE) & ~Pte.WRITE | Pte.UFFD_WP);
        m.madvise(mm, BASE, 4, Mman.MADV_DONTNEED);
        assertEquals(Pte.MARKER_UFFD_WP, Pte.markers(m.base.entry(mm, BASE)));
        assertEquals(Pte.NONE, m.base.entry(mm, BASE + PAGE));
        m.munmap(mm, BASE, 4);
    }

    // ---- files

    @Test
    void a_written_page_of_a_shared_file_is_dirty_when_its_mapping_goes() {
        int file = m.base.files.create(1, 4, Files.RESIDENT);
        m.calls.mmap().mmap(mm, BASE, 4 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        m.write(mm, BASE);
        int page = m.pfn(mm, BASE);
        m.munmap(mm, BASE, 4);
        assertEquals(0, m.vmstat(VmstatItem.NR_MAPPED));
        assertTrue(m.frames.test(page, Frames.DIRTY));
        assertEquals(page, m.base.files.page(file, 0));
    }

    @Test
    void a_file_with_a_name_keeps_its_pages_after_the_last_mapping() {
        int file = m.base.files.create(1, 4, Files.SHMEM);
        m.calls.mmap().mmap(mm, BASE, 4 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        m.store(mm, BASE, 9);
        m.munmap(mm, BASE, 4);
        m.calls.mmap().mmap(mm, BASE, 4 * PAGE, R, Mman.MAP_PRIVATE | Mman.MAP_FIXED, file, 0);
        assertEquals(9, m.load(mm, BASE));
    }

    // ---- the boundary policy

    @Test
    void the_boundary_policy_is_asked_about_edges_split_mappings_and_removals() {
        List<String> asked = new ArrayList<>();
        FolioSplitPolicy.Boundary recording = event -> {
            asked.add(event.kind() + " " + event.cause() + " " + event.cutPage() % 512 + " " + event.pagesMappedHere());
            return SplitPlan.keep();
        };
        MmMachine h = new MmMachine(MmMachine.policies().with(Slot.FOLIO_SPLIT_BOUNDARY, recording), 16_384).enable(9);
        int a = h.spawn();
        h.map(a, BASE, 512);
        h.write(a, BASE);
        h.mprotect(a, BASE + 16 * PAGE, 16, R);
        assertEquals(
                List.of(
                        BoundaryKind.VMA_EDGE + " MPROTECT 16 512",
                        BoundaryKind.PMD_SPLIT + " MPROTECT 16 512",
                        BoundaryKind.VMA_EDGE + " MPROTECT 32 496"),
                asked);
        asked.clear();
        h.madvise(a, BASE + 100 * PAGE, 2, Mman.MADV_DONTNEED);
        assertEquals(List.of(BoundaryKind.RMAP_REMOVAL + " MADVISE 100 478"), asked);
        h.check();
    }

    @Test
    void a_plan_to_defer_queues_a_folio_whose_mapping_was_only_cut() {
        MmMachine d = new MmMachine(
                        MmMachine.policies().with(Slot.FOLIO_SPLIT_BOUNDARY, (FolioSplitPolicy.Boundary)
                                event -> SplitPlan.defer()),
                        16_384)
                .enable(4);
        int a = d.spawn();
        d.map(a, BASE, 16);
        d.write(a, BASE);
        assertEquals(0, d.base.memory.deferred().length());
        d.mprotect(a, BASE, 8, R);
        assertEquals(1, d.base.memory.deferred().length());
        d.check();
    }

    // ---- limits

    @Test
    void munmap_inside_a_vma_fails_at_the_map_count_limit_and_at_its_edge_does_not() {
        m.map(mm, BASE, 8);
        m.spaces.limits().maxMapCount(1);
        assertEquals(-Errno.ENOMEM, m.munmap(mm, BASE + 2 * PAGE, 1));
        assertEquals(0, m.munmap(mm, BASE, 1));
        assertEquals(0, m.munmap(mm, BASE + 7 * PAGE, 1));
        assertEquals(6, m.mms.totalVm(mm));
    }
}

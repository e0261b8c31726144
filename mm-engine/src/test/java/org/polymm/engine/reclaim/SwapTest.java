package org.polymm.engine.reclaim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Snapshot;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

class SwapTest {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long BASE = 0x4000_0000L;
    private static final int PAGES = 16;
    private static final long SWAP = 1024 * PAGE;

    private static MachineBlueprint blueprint(String folio, long swap, boolean block) {
        return Machines.large(FixedPolicies.whole())
                .withThp("hugepages-" + folio + "/enabled", "always")
                .withSwap(new MachineBlueprint.Swap(swap, block ? SwapDevice.BLOCK : SwapDevice.FILE))
                .withCheck(CheckLevel.EVERY);
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

    private static long vmstat(Machine machine, VmstatItem item) {
        return machine.memory().vmstat().get(item);
    }

    @Test
    void a_folio_goes_whole_to_a_block_device_and_comes_back_page_by_page() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);

        assertEquals(0, machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT));

        assertEquals(PAGES * PAGE, machine.inspect().smaps(mm).swap());
        assertEquals(0, machine.inspect().smaps(mm).rss());
        assertEquals(1, machine.memory().mthp().get(MthpStat.SWPOUT, 4));
        assertEquals(0, machine.memory().mthp().get(MthpStat.SPLIT, 4));
        assertEquals(PAGES, vmstat(machine, VmstatItem.PSWPOUT));
        assertContents(machine, mm, PAGES);
        assertEquals(PAGES, vmstat(machine, VmstatItem.PSWPIN));
        assertEquals(0, machine.inspect().folioOrder(mm, BASE));
        assertEquals(0, machine.inspect().smaps(mm).swap());
        assertTrue(Pte.isWritable(machine.inspect().entry(mm, BASE)), "the entry said exclusive");
    }

    @Test
    void a_folio_of_pmd_order_goes_whole_too() {
        Machine machine = blueprint("2048kB", SWAP, true).create();
        int mm = filled(machine, 512);

        machine.madvise(mm, BASE, 512 * PAGE, Mman.MADV_PAGEOUT);

        assertEquals(1, vmstat(machine, VmstatItem.THP_SWPOUT));
        assertEquals(0, vmstat(machine, VmstatItem.THP_SPLIT_PAGE));
        assertContents(machine, mm, 512);
    }

    @Test
    void a_folio_is_split_before_it_goes_to_a_swap_file() {
        Machine machine = blueprint("64kB", SWAP, false).create();
        int mm = filled(machine, PAGES);

        machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT);

        assertEquals(PAGES * PAGE, machine.inspect().smaps(mm).swap());
        assertEquals(1, machine.memory().mthp().get(MthpStat.SPLIT, 4));
        assertEquals(1, machine.memory().mthp().get(MthpStat.SWPOUT_FALLBACK, 4));
        assertContents(machine, mm, PAGES);
    }

    @Test
    void without_swap_pages_stay_but_large_folios_are_split_all_the_same() {
        Machine machine = blueprint("64kB", 0, true).create();
        int mm = filled(machine, PAGES);

        assertEquals(0, machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT));

        assertEquals(PAGES * PAGE, machine.inspect().smaps(mm).rss());
        assertEquals(0, machine.inspect().folioOrder(mm, BASE));
        assertEquals(1, machine.memory().mthp().get(MthpStat.SPLIT, 4));
        assertContents(machine, mm, PAGES);
    }

    @Test
    void a_part_of_a_folio_is_split_off_and_swapped() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);

        machine.madvise(mm, BASE, 4 * PAGE, Mman.MADV_PAGEOUT);

        assertEquals(4 * PAGE, machine.inspect().smaps(mm).swap());
        assertEquals(12 * PAGE, machine.inspect().smaps(mm).rss());
        assertEquals(0, machine.inspect().folioOrder(mm, BASE + 4 * PAGE));
        assertContents(machine, mm, PAGES);
    }

    @Test
    void a_folio_that_is_pinned_or_shared_is_left_alone() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);
        int pin = machine.pins().pin(mm, BASE + 8 * PAGE, PAGE, true, true);
        assertEquals(0, machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT));
        assertEquals(0, machine.inspect().smaps(mm).swap());
        machine.pins().release(pin);

        machine.fork(mm);
        assertEquals(0, machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT));
        assertEquals(0, machine.inspect().smaps(mm).swap());
        assertEquals(4, machine.inspect().folioOrder(mm, BASE));
    }

    @Test
    void swap_entries_are_shared_by_fork_and_each_process_gets_its_own_page() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);
        machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT);
        assertTrue(Pte.isExclusiveSwap(machine.inspect().entry(mm, BASE)));

        int child = machine.fork(mm);

        assertFalse(Pte.isExclusiveSwap(machine.inspect().entry(mm, BASE)));
        assertFalse(Pte.isExclusiveSwap(machine.inspect().entry(child, BASE)));
        assertContents(machine, mm, PAGES);
        machine.write(mm, BASE, 99);
        assertTrue(Pte.isSwap(machine.inspect().entry(child, BASE)));
        assertEquals(1, machine.read(child, BASE));
        assertNotEquals(machine.inspect().folio(mm, BASE), machine.inspect().folio(child, BASE));
        machine.exit(mm);
        assertContents(machine, child, PAGES);
        machine.exit(child);
        assertEquals(0, machine.swap().slots().used());
    }

    @Test
    void entries_move_are_protected_and_dropped_with_their_slots() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);
        machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT);

        assertEquals(0, machine.mprotect(mm, BASE, 4 * PAGE, Mman.PROT_READ));
        long moved = machine.mremap(mm, BASE + 8 * PAGE, 4 * PAGE, 4 * PAGE, 3, BASE + 0x100_0000);
        assertEquals(9, machine.read(mm, moved));
        assertEquals(1, machine.read(mm, BASE));
        assertFalse(Pte.isWritable(machine.inspect().entry(mm, BASE)));
        assertEquals(16, machine.swap().slots().used(), "pages that came back keep their slots");
        machine.munmap(mm, BASE, PAGES * PAGE);
        assertEquals(4, machine.swap().slots().used());
    }

    /** A folio across the edge of locked memory: unmapped from the one VMA, refused by the other, in the swap cache with all its slots. */
    @Test
    void a_folio_that_locked_memory_maps_too_frees_nothing_and_is_mapped_whole_again_from_the_cache() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);
        machine.mlock(mm, BASE + 8 * PAGE, 8 * PAGE);
        int head = machine.inspect().folio(mm, BASE);

        assertEquals(0, machine.reclaim(PAGES) + machine.reclaim(PAGES));

        assertTrue(machine.inspect().hasFlags(head, Frames.SWAPCACHE));
        assertTrue(Pte.isSwap(machine.inspect().entry(mm, BASE)));
        assertEquals(head, machine.inspect().folio(mm, BASE + 8 * PAGE));
        assertEquals(8 * PAGE, machine.inspect().smaps(mm).swap());
        assertContents(machine, mm, PAGES);
        assertEquals(head, machine.inspect().folio(mm, BASE));
        assertEquals(0, vmstat(machine, VmstatItem.PSWPIN));
    }

    @Test
    void refused_where_memory_is_locked_and_lazy_freeing_of_files() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);
        machine.mmap(mm, BASE + 0x100_0000, 4 * PAGE, 3, Mman.MAP_PRIVATE | Mman.MAP_FIXED, machine.file(1, 4), 0);
        assertEquals(-Errno.EINVAL, machine.madvise(mm, BASE + 0x100_0000, 4 * PAGE, Mman.MADV_FREE));
        assertEquals(0, machine.madvise(mm, BASE + 0x100_0000, 4 * PAGE, Mman.MADV_PAGEOUT));
        machine.mlock(mm, BASE, PAGE);
        assertEquals(-Errno.EINVAL, machine.madvise(mm, BASE, PAGE, Mman.MADV_PAGEOUT));
        assertEquals(-Errno.EINVAL, machine.madvise(mm, BASE, PAGE, Mman.MADV_COLD));
        assertEquals(-Errno.EINVAL, machine.madvise(mm, BASE, PAGE, Mman.MADV_FREE));
    }

    @Test
    void lazily_freed_pages_read_as_zeroes_after_reclaim_unless_written_again() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);

        assertEquals(0, machine.madvise(mm, BASE, 8 * PAGE, Mman.MADV_FREE));

        assertEquals(8, vmstat(machine, VmstatItem.PGLAZYFREE));
        assertEquals(1, machine.memory().mthp().get(MthpStat.SPLIT, 4));
        assertFalse(machine.inspect().hasFlags(machine.inspect().folio(mm, BASE), Frames.SWAPBACKED));
        assertEquals(1, machine.read(mm, BASE));
        machine.write(mm, BASE + PAGE, 77);
        machine.reclaim(PAGES);
        machine.reclaim(PAGES);
        assertEquals(7, vmstat(machine, VmstatItem.PGLAZYFREED));
        assertEquals(0, machine.read(mm, BASE));
        assertEquals(77, machine.read(mm, BASE + PAGE));
        assertEquals(9, machine.read(mm, BASE + 8 * PAGE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"16kB", "64kB", "2048kB"})
    void a_process_larger_than_memory_runs_with_swap(String folio) {
        Machine machine =
                blueprint(folio, 64L << 20, true).withCheck(CheckLevel.OFF).create();
        int pages = 10_000;
        int mm = filled(machine, pages);
        assertTrue(vmstat(machine, VmstatItem.PGSTEAL_KSWAPD) > 1000);
        assertContents(machine, mm, pages);
        assertEquals(List.of(), machine.check());
    }

    @Test
    void memory_is_short_when_swap_is_full() {
        Machine machine = blueprint("16kB", 64 * PAGE, true)
                .withMemory(16L << 20)
                .withCheck(CheckLevel.OFF)
                .create();
        int mm = machine.spawn();
        for (int part = 0; part < 4; part++) {
            Machines.map(machine, mm, BASE + part * 2048L * PAGE, 2048);
        }
        int result = 0;
        for (int page = 0; page < 8192 && result >= 0; page++) {
            result = machine.write(mm, BASE + page * PAGE, page + 1);
        }
        assertEquals(FaultResult.OOM, result);
        assertEquals(List.of(), machine.check());
    }

    @Test
    void a_machine_can_be_rewound_over_swapping() {
        Machine machine = blueprint("64kB", SWAP, true).create();
        int mm = filled(machine, PAGES);
        Snapshot before = machine.save();
        machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT);
        machine.read(mm, BASE + PAGE);
        machine.rewind(before);
        assertNull(machine.firstDifference(before));
        assertContents(machine, mm, PAGES);
        assertEquals(0, machine.swap().slots().used());
    }
}

package org.polymm.engine.reclaim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.mm.Mman;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapDevice;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

class PageCacheReclaimTest {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long BASE = 0x4000_0000L;
    private static final int PAGES = 16;
    private static final int READ = Mman.PROT_READ;
    private static final int READ_WRITE = Mman.PROT_READ | Mman.PROT_WRITE;

    private final Machine machine = blueprint().create();
    private final int mm = machine.spawn();

    private static MachineBlueprint blueprint() {
        return Machines.large(FixedPolicies.whole())
                .withSwap(new MachineBlueprint.Swap(0, SwapDevice.BLOCK))
                .withCheck(CheckLevel.EVERY);
    }

    private int mapFile(int prot, int flags) {
        int file = machine.file(7, PAGES);
        assertEquals(BASE, machine.mmap(mm, BASE, PAGES * PAGE, prot, flags | Mman.MAP_FIXED, file, 0));
        return file;
    }

    private void readAll(int reader) {
        for (int page = 0; page < PAGES; page++) {
            assertEquals(0, machine.read(reader, BASE + page * PAGE));
        }
    }

    private long entry(int page) {
        return machine.inspect().entry(mm, BASE + page * PAGE);
    }

    private long vmstat(VmstatItem item) {
        return machine.memory().vmstat().get(item);
    }

    private int pageOut() {
        return machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_PAGEOUT);
    }

    @Test
    void pages_of_a_file_that_nobody_wrote_leave_the_cache_and_are_read_again() {
        mapFile(READ, Mman.MAP_PRIVATE);
        readAll(mm);
        long cached = vmstat(VmstatItem.NR_FILE_PAGES);

        assertEquals(0, pageOut());

        assertEquals(Pte.NONE, entry(0));
        assertEquals(0, machine.inspect().smaps(mm).rss());
        assertEquals(cached - PAGES, vmstat(VmstatItem.NR_FILE_PAGES));
        assertEquals(0, machine.read(mm, BASE));
        assertTrue(Pte.isPresent(entry(0)));
    }

    @Test
    void what_was_written_is_unmapped_and_stays_in_the_cache() {
        mapFile(READ_WRITE, Mman.MAP_SHARED);
        machine.write(mm, BASE, 5);
        int page = Pte.pfn(entry(0));

        assertEquals(0, pageOut());

        assertEquals(Pte.NONE, entry(0));
        assertEquals(5, machine.read(mm, BASE));
        assertEquals(page, Pte.pfn(entry(0)));
    }

    @Test
    void shared_anonymous_memory_loses_its_entries_and_keeps_its_contents() {
        machine.mmap(mm, BASE, PAGES * PAGE, READ_WRITE, Mman.MAP_SHARED | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED, 0, 0);
        machine.write(mm, BASE, 9);

        assertEquals(0, pageOut());

        assertEquals(Pte.NONE, entry(0));
        assertEquals(9, machine.read(mm, BASE));
    }

    @Test
    void a_private_copy_of_a_file_page_is_anonymous_and_needs_swap() {
        mapFile(READ_WRITE, Mman.MAP_PRIVATE);
        machine.write(mm, BASE, 3);

        assertEquals(0, pageOut());

        assertTrue(Pte.isPresent(entry(0)));
        assertEquals(3, machine.read(mm, BASE));
    }

    @Test
    void a_page_that_two_processes_map_stays() {
        mapFile(READ, Mman.MAP_SHARED);
        readAll(mm);
        int child = machine.fork(mm);
        readAll(child);

        assertEquals(0, pageOut());

        assertNotEquals(Pte.NONE, entry(0));
    }

    @Test
    void cold_pages_of_a_file_are_not_young_any_more() {
        mapFile(READ, Mman.MAP_PRIVATE);
        readAll(mm);

        assertEquals(0, machine.madvise(mm, BASE, PAGES * PAGE, Mman.MADV_COLD));

        assertTrue(Pte.isPresent(entry(0)));
        assertEquals(0, entry(0) & Pte.ACCESSED);
    }

    @Test
    void memory_that_a_file_fills_is_had_back_from_the_cache() {
        mapFile(READ, Mman.MAP_PRIVATE);
        readAll(mm);
        machine.munmap(mm, BASE, PAGES * PAGE);
        long cached = vmstat(VmstatItem.NR_FILE_PAGES);

        long freed = machine.reclaim(PAGES);

        assertTrue(freed > 0, "freed " + freed);
        assertEquals(cached - freed, vmstat(VmstatItem.NR_FILE_PAGES));
        assertEquals(freed, vmstat(VmstatItem.PGSTEAL_FILE));
    }
}

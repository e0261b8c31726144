package org.polymm.engine.mm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.plugin.Slot;
import org.polymm.engine.fault.FaultResult;
import org.polymm.engine.fault.MemoryAccess;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.machine.Machine;
import org.polymm.engine.machine.MachineBlueprint.CheckLevel;
import org.polymm.engine.state.Errno;
import org.polymm.engine.testpolicy.FixedPolicies;
import org.polymm.engine.testpolicy.Machines;

/** Cutting files and punching holes, on a machine that checks itself after every call. */
class TruncateTest {

    private static final long PAGE = Machines.PAGE;
    private static final int BOTH = Mman.PROT_READ | Mman.PROT_WRITE;

    private final long at = 16L << 21;
    private final Machine machine;
    private int mm;

    TruncateTest() {
        machine = Machines.large(FixedPolicies.whole()
                        .with(Slot.COLLAPSE_CHOICE, (CollapsePolicy.Choice) range -> new CollapseDecision.Collapse(9))
                        .with(Slot.COLLAPSE_RETRACTION, (CollapsePolicy.Retraction) steps -> {}))
                .withCheck(CheckLevel.EVERY)
                .create();
    }

    @BeforeEach
    void spawn() {
        mm = machine.spawn();
    }

    private int map(long pages, int flags) {
        int file = machine.memfd(1, pages);
        assertEquals(at, machine.mmap(mm, at, pages * PAGE, BOTH, flags | Mman.MAP_FIXED, file, 0));
        for (int page = 0; page < pages; page++) {
            assertTrue(machine.write(mm, at + page * PAGE, page + 1) > 0);
        }
        return file;
    }

    private int hugeFile() {
        int file = map(512, Mman.MAP_SHARED);
        assertEquals(0, machine.madvise(mm, at, 512 * PAGE, Mman.MADV_COLLAPSE));
        return file;
    }

    private long read(int page) {
        int pfn = machine.touch(mm, at + page * PAGE, MemoryAccess.READ);
        return pfn < 0 ? pfn : machine.memory().contents().read(pfn);
    }

    @Test
    void what_is_cut_off_a_file_is_freed_and_read_as_zeroes_when_the_file_grows_again() {
        int file = map(8, Mman.MAP_SHARED);
        long before = machine.memory().vmstat().get(VmstatItem.NR_SHMEM);
        assertEquals(0, machine.truncate(file, 3 * PAGE));
        assertEquals(before - 5, machine.memory().vmstat().get(VmstatItem.NR_SHMEM));
        assertEquals(FaultResult.SIGBUS, read(3));
        assertEquals(3, read(2));
        assertEquals(0, machine.truncate(file, 8 * PAGE));
        assertEquals(0, read(3));
    }

    @Test
    void private_copies_end_with_the_file_but_survive_a_hole() {
        int file = map(8, Mman.MAP_PRIVATE);
        assertEquals(0, machine.punchHole(file, 2 * PAGE, 2 * PAGE));
        assertEquals(3, read(2));
        assertEquals(0, machine.truncate(file, 2 * PAGE));
        assertEquals(FaultResult.SIGBUS, read(2));
        assertEquals(2, read(1));
    }

    @Test
    void sizes_and_holes_that_make_no_sense_are_refused() {
        int file = map(8, Mman.MAP_SHARED);
        assertEquals(-Errno.EINVAL, machine.truncate(file, -1));
        assertEquals(-Errno.EINVAL, machine.punchHole(file, 0, 0));
        assertEquals(-Errno.EINVAL, machine.punchHole(file, 100, PAGE));
        assertEquals(-Errno.EINVAL, machine.punchHole(file, -PAGE, PAGE));
        assertEquals(0, machine.punchHole(file, 20 * PAGE, PAGE));
        assertEquals(8, read(7));
    }

    @Test
    void a_cut_huge_page_is_split_into_pieces_as_large_as_can_be() {
        int file = hugeFile();
        long splits = machine.memory().vmstat().get(VmstatItem.THP_SPLIT_PAGE);
        assertEquals(0, machine.truncate(file, 300 * PAGE));
        assertEquals(splits + 1, machine.memory().vmstat().get(VmstatItem.THP_SPLIT_PAGE));
        assertEquals(0, machine.memory().vmstat().get(VmstatItem.NR_SHMEM_HUGEPAGES));
        assertEquals(300, machine.files().cached(file));
        assertEquals(8, orderOf(file, 0));
        assertEquals(5, orderOf(file, 256));
        assertEquals(3, orderOf(file, 288));
        assertEquals(2, orderOf(file, 296));
        assertEquals(300, read(299));
    }

    private int orderOf(int file, long page) {
        return machine.memory()
                .frames()
                .order(machine.memory().frames().head(machine.files().peekPage(file, page)));
    }

    @Test
    void a_huge_page_that_a_device_has_pinned_stays_whole_and_has_zeroes_in_the_hole() {
        int file = hugeFile();
        int pin = machine.pins().pin(mm, at + 8 * PAGE, PAGE, true, true);
        assertTrue(pin > 0);
        long failed = machine.memory().vmstat().get(VmstatItem.THP_SPLIT_PAGE_FAILED);
        assertEquals(0, machine.punchHole(file, 4 * PAGE, 12 * PAGE));
        assertNotEquals(failed, machine.memory().vmstat().get(VmstatItem.THP_SPLIT_PAGE_FAILED));
        assertEquals(9, orderOf(file, 8));
        assertEquals(0, read(8));
        assertEquals(17, read(16));
        assertEquals(0, machine.memory().contents().read(machine.pins().page(pin, 0)));
        assertEquals(0, machine.pins().release(pin));
        assertEquals(0, machine.punchHole(file, 4 * PAGE, 12 * PAGE));
        assertEquals(0, orderOf(file, 4) + machine.files().peekPage(file, 8));
    }

    @Test
    void a_device_keeps_the_page_that_it_pinned_when_the_file_loses_it() {
        int file = map(4, Mman.MAP_SHARED);
        int pin = machine.pins().pin(mm, at + 3 * PAGE, PAGE, true, true);
        assertEquals(0, machine.truncate(file, PAGE));
        assertEquals(4, machine.memory().contents().read(machine.pins().page(pin, 0)));
        assertEquals(0, machine.truncate(file, 4 * PAGE));
        assertTrue(machine.write(mm, at + 3 * PAGE, 99) > 0);
        assertEquals(4, machine.memory().contents().read(machine.pins().page(pin, 0)));
        assertEquals(0, machine.pins().release(pin));
    }

    @Test
    void madvise_remove_of_the_last_mapping_of_shared_anonymous_memory_leaves_it_alive() {
        assertEquals(
                at, machine.mmap(mm, at, 4 * PAGE, BOTH, Mman.MAP_SHARED | Mman.MAP_ANONYMOUS | Mman.MAP_FIXED, 0, 0));
        assertTrue(machine.write(mm, at, 7) > 0);
        assertEquals(0, machine.madvise(mm, at, 4 * PAGE, Mman.MADV_REMOVE));
        assertEquals(0, read(0));
        assertEquals(0, machine.munmap(mm, at, 4 * PAGE));
        assertEquals(List.of(), machine.check());
    }

    @Test
    void splits_of_huge_pages_of_files_are_counted_by_size() {
        hugeFile();
        assertEquals(0, machine.madvise(mm, at, 4 * PAGE, Mman.MADV_COLD));
        assertEquals(1, machine.memory().mthp().get(MthpStat.SPLIT, 9));
        assertEquals(3, read(2));
    }
}

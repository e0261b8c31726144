package org.polymm.engine.rmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.LockProtocolError;
import org.polymm.engine.sync.SchedulingHook;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.Allocations;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

class RmapWalkTest {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long RW = VmFlags.VM_READ | VmFlags.VM_WRITE | VmFlags.VM_MAYREAD | VmFlags.VM_MAYWRITE;
    private static final int FILE = 4;
    private static final int HEAD = 16;
    private static final int PAGES = 8;

    private final StateSpace space = new StateSpace();
    private final Sync sync = new Sync(space);
    private final AddressSpaces spaces = new AddressSpaces(space, Geometry.X86_64, sync);
    private final VmaTable vmas = spaces.vmas();
    private final Frames frames = new Frames(space, sync, Geometry.X86_64, 4096);
    private final RmapWalk rmap = new RmapWalk(frames, spaces, sync);
    private final int mm = spaces.newMm();
    private final List<String> visits = new ArrayList<>();

    @BeforeEach
    void lock() {
        spaces.locks().writeLock(mm);
    }

    private boolean record(int ofMm, int vma, long address, int firstPage, int pages) {
        visits.add("mm " + ofMm + " " + Long.toHexString(address) + " pages " + firstPage + "+" + pages);
        return true;
    }

    private int map(long start, long end) {
        return spaces.mapAnonymous(mm, start, end, RW);
    }

    /** A folio of 8 pages of which the first was faulted at an address of a VMA. */
    private void anonFolio(int vma, long address) {
        spaces.anonVmas().prepare(vma);
        frames.setFlags(HEAD, Frames.ANON);
        frames.setMapping(HEAD, vmas.anonVma(vma), vmas.pgoffAt(vma, address));
    }

    private int walkAnon(int pages) {
        return rmap.walkAnon(frames.mapping(HEAD), frames.index(HEAD), pages, this::record);
    }

    @Test
    void a_folio_is_found_where_it_was_faulted() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);

        assertEquals(RmapWalk.COMPLETE, walkAnon(PAGES));
        assertEquals(List.of("mm 1 140000 pages 0+8"), visits);
        assertFalse(sync.isHeld(LockClass.ANON_VMA, spaces.anonVmas().root(vmas.anonVma(vma))));
    }

    @Test
    void a_folio_that_crosses_an_edge_is_found_in_both_vmas_with_the_pages_each_shows() {
        //   folio         |0 1 2 3 4 5 6 7|
        //   VMAs     ...........|..............
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        spaces.split(vma, 0x14_3000);

        walkAnon(PAGES);

        assertEquals(List.of("mm 1 140000 pages 0+3", "mm 1 143000 pages 3+5"), visits);
    }

    @Test
    void a_folio_that_begins_before_a_vma_and_ends_after_it_shows_its_middle() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        spaces.unmapping().unmapEmpty(mm, 0x10_0000, 0x14_2000);
        spaces.unmapping().unmapEmpty(mm, 0x14_6000, 0x20_0000);

        walkAnon(PAGES);

        assertEquals(List.of("mm 1 142000 pages 2+4"), visits);
    }

    @Test
    void a_moved_part_is_found_at_its_new_place() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        spaces.copyVma(vma, 0x14_4000, 0x40_0000, 2 * PAGE);
        spaces.unmapping().unmapEmpty(mm, 0x14_4000, 0x14_6000);

        walkAnon(PAGES);

        assertEquals(List.of("mm 1 140000 pages 0+4", "mm 1 400000 pages 4+2", "mm 1 146000 pages 6+2"), visits);
    }

    @Test
    void children_are_visited_after_the_parent_and_a_childs_own_folio_only_there() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        int childMm = spaces.newMm();
        spaces.locks().writeLockNested(childMm);
        int child = spaces.dupVma(childMm, vma);

        walkAnon(1);
        assertEquals(List.of("mm 1 140000 pages 0+1", "mm 2 140000 pages 0+1"), visits);

        visits.clear();
        rmap.walkAnon(vmas.anonVma(child), frames.index(HEAD), 1, this::record);
        assertEquals(List.of("mm 2 140000 pages 0+1"), visits);
    }

    @Test
    void a_visitor_can_stop_the_walk() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        spaces.split(vma, 0x14_3000);

        int result = rmap.walkAnon(frames.mapping(HEAD), frames.index(HEAD), PAGES, (m, v, address, first, pages) -> {
            visits.add("stop");
            return false;
        });

        assertEquals(RmapWalk.STOPPED, result);
        assertEquals(List.of("stop"), visits);
        assertFalse(sync.isHeld(LockClass.ANON_VMA, vmas.anonVma(vma)));
    }

    @Test
    void a_folio_of_a_file_is_found_in_every_mapping_of_its_part() {
        spaces.map(mm, 0x10_0000, 0x11_0000, RW | VmFlags.VM_SHARED, FILE, 0);
        spaces.map(mm, 0x30_0000, 0x30_4000, RW, FILE, 6);
        spaces.map(mm, 0x50_0000, 0x50_4000, RW, FILE, 40);

        assertEquals(RmapWalk.COMPLETE, rmap.walkFile(FILE, false, 4, PAGES, this::record));
        assertEquals(List.of("mm 1 104000 pages 0+8", "mm 1 300000 pages 2+4"), visits);
    }

    @Test
    void the_walk_of_a_folio_takes_what_it_needs_from_the_frame() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        assertEquals(RmapWalk.COMPLETE, rmap.walk(HEAD, this::record));
        assertEquals(RmapWalk.COMPLETE, rmap.tryWalk(HEAD, this::record));
        assertEquals(List.of("mm 1 140000 pages 0+1", "mm 1 140000 pages 0+1"), visits);

        assertEquals(RmapWalk.COMPLETE, rmap.walk(HEAD + 1, this::record), "no mapping");
        assertEquals(2, visits.size());
    }

    @Test
    void a_folio_of_a_file_must_be_locked_for_a_walk() {
        spaces.map(mm, 0x10_0000, 0x11_0000, RW | VmFlags.VM_SHARED, FILE, 0);
        frames.setMapping(HEAD, FILE, 2);
        assertThrows(LockProtocolError.class, () -> rmap.walk(HEAD, this::record));

        sync.lock(LockClass.FOLIO_LOCK, HEAD);
        rmap.walk(HEAD, this::record);
        rmap.tryWalk(HEAD, this::record);
        assertEquals(List.of("mm 1 102000 pages 0+1", "mm 1 102000 pages 0+1"), visits);
    }

    @Test
    void a_walk_that_may_not_wait_says_that_it_would_have_to() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        int other = sync.newTask("other");
        spaces.anonVmas().writeLock(vmas.anonVma(vma));
        sync.switchTo(other);

        assertEquals(RmapWalk.CONTENDED, rmap.tryWalk(HEAD, this::record));
        assertEquals(List.of(), visits);
    }

    /** Lets task 0 unmap everything when the current task has to wait. */
    private final class UnmapMeanwhile implements SchedulingHook {
        @Override
        public void point(int kind, long object) {}

        @Override
        public void block(LockClass lockClass, int mode, int id) {
            int waiting = sync.task();
            sync.switchTo(0);
            sync.unlock(lockClass, id);
            spaces.unmapping().unmapEmpty(mm, 0, 1L << 40);
            sync.switchTo(waiting);
        }
    }

    @Test
    void a_walk_that_waited_until_the_family_was_gone_visits_nobody() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        spaces.anonVmas().writeLock(vmas.anonVma(vma));
        sync.switchTo(sync.newTask("reclaim"));
        sync.install(new UnmapMeanwhile());

        assertEquals(RmapWalk.COMPLETE, rmap.walk(HEAD, this::record));
        assertEquals(List.of(), visits);
        assertEquals(0, spaces.anonVmas().live());
        sync.assertNothingHeld("the walk");
    }

    @Test
    void a_caller_that_holds_the_lock_says_so_and_is_believed_only_if_it_does() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        assertThrows(LockProtocolError.class, () -> rmap.walkLocked(HEAD, this::record));

        spaces.anonVmas().writeLock(vmas.anonVma(vma));
        assertEquals(RmapWalk.COMPLETE, rmap.walkLocked(HEAD, this::record));
        spaces.anonVmas().unlock(vmas.anonVma(vma));
        assertEquals(1, visits.size());
    }

    @Test
    void the_address_of_a_run_in_a_vma_is_that_of_its_first_page_there() {
        int vma = spaces.map(mm, 0x10_0000, 0x10_8000, RW, FILE, 20);

        assertEquals(0x10_2000, rmap.addressInVma(vma, 22, 3));
        assertEquals(0x10_0000, rmap.addressInVma(vma, 12, 9), "begins before the VMA");
        assertEquals(-Errno.EFAULT, rmap.addressInVma(vma, 12, 8));
        assertEquals(0x10_7000, rmap.addressInVma(vma, 27, 100));
        assertEquals(-Errno.EFAULT, rmap.addressInVma(vma, 28, 1));
    }

    @Test
    void the_address_of_a_page_asks_whether_the_vma_belongs_to_the_family_or_the_file() {
        int vma = map(0x10_0000, 0x20_0000);
        int stranger = map(0x40_0000, 0x50_0000);
        anonFolio(vma, 0x14_0000);
        assertEquals(0x14_0000, rmap.pageAddressInVma(vma, HEAD));
        assertEquals(-Errno.EFAULT, rmap.pageAddressInVma(stranger, HEAD));
        spaces.anonVmas().prepare(stranger);
        assertEquals(-Errno.EFAULT, rmap.pageAddressInVma(stranger, HEAD));
        assertEquals(-Errno.EFAULT, rmap.pageAddressInVma(vma, HEAD + 1), "no mapping");

        int mapped = spaces.map(mm, 0x60_0000, 0x60_8000, RW, FILE, 20);
        frames.setMapping(HEAD + 2, FILE, 21);
        assertEquals(0x60_1000, rmap.pageAddressInVma(mapped, HEAD + 2));
        assertEquals(-Errno.EFAULT, rmap.pageAddressInVma(vma, HEAD + 2));
    }

    @Test
    void a_walk_allocates_nothing() {
        int vma = map(0x10_0000, 0x20_0000);
        anonFolio(vma, 0x14_0000);
        for (int i = 1; i < 8; i++) {
            spaces.split(spaces.find(mm, 0x14_0000 + i * PAGE), 0x14_0000 + i * PAGE);
        }
        long[] visited = new long[1];
        RmapVisitor count = (m, v, address, first, pages) -> {
            visited[0] += pages;
            return true;
        };
        int anonVma = frames.mapping(HEAD);
        long index = frames.index(HEAD);

        long bytes = Allocations.of(() -> {
            for (int i = 0; i < 2000; i++) {
                rmap.walkAnon(anonVma, index, PAGES, count);
            }
        });

        assertEquals(0, bytes);
        assertTrue(visited[0] >= 2000 * PAGES);
    }
}

package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.vma.TestMm.RO;
import static org.polymm.engine.vma.TestMm.RW;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.polymm.engine.state.Errno;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.LockProtocolError;

class AddressSpacesTest {

    private final TestMm mm = new TestMm();
    private final AddressSpaces spaces = mm.spaces;
    private final VmaTable vmas = mm.vmas;

    // ---- finding ----

    @Test
    void an_address_is_found_from_the_first_byte_to_the_last() {
        int vma = mm.map(4, 8, RW);

        assertEquals(0, spaces.find(mm.mm, TestMm.at(4) - 1));
        assertEquals(vma, spaces.find(mm.mm, TestMm.at(4)));
        assertEquals(vma, spaces.find(mm.mm, TestMm.at(8) - 1));
        assertEquals(0, spaces.find(mm.mm, TestMm.at(8)));
        assertEquals(0, spaces.find(mm.mm, 0));
    }

    @Test
    void a_lookup_goes_on_to_the_next_vma_above_if_asked_to() {
        int lower = mm.map(4, 8, RW);
        int upper = mm.map(12, 16, RW);

        assertEquals(lower, spaces.findOrAbove(mm.mm, 0));
        assertEquals(lower, spaces.findOrAbove(mm.mm, TestMm.at(7)));
        assertEquals(upper, spaces.findOrAbove(mm.mm, TestMm.at(8)));
        assertEquals(0, spaces.findOrAbove(mm.mm, TestMm.at(16)));
        assertEquals(upper, spaces.findIntersection(mm.mm, TestMm.at(8), TestMm.at(13)));
        assertEquals(0, spaces.findIntersection(mm.mm, TestMm.at(8), TestMm.at(12)));
    }

    @Test
    void neighbours_are_found_from_each_other() {
        int a = mm.map(0, 2, RW);
        int b = mm.map(4, 6, RW);
        int c = mm.map(8, 10, RW);

        assertEquals(a, spaces.first(mm.mm));
        assertEquals(b, spaces.next(a));
        assertEquals(c, spaces.next(b));
        assertEquals(0, spaces.next(c));
        assertEquals(b, spaces.prev(c));
        assertEquals(0, spaces.prev(a));
        assertEquals(b, spaces.at(mm.mm, 1));
    }

    @Test
    void the_last_hit_is_forgotten_when_its_handle_is_used_again() {
        int gone = mm.map(0, 4, RW);
        assertEquals(gone, mm.vma(1));
        mm.unmap(0, 4);
        assertEquals(0, mm.vma(1));
        int again = mm.map(8, 12, RW);

        assertEquals(gone, again);
        assertEquals(0, mm.vma(1));
        assertEquals(again, mm.vma(9));
    }

    @Test
    void every_vma_of_sixty_five_thousand_is_found_without_allocating() {
        int count = 65_530;
        for (int i = 0; i < count; i++) {
            mm.map(2L * i, 2L * i + 1, RW);
        }
        assertEquals(count, mm.mms.mapCount(mm.mm));

        long[] wrong = new long[1];
        long bytes = Allocations.of(() -> {
            for (int i = 0; i < count; i++) {
                int at = (int) (i * 40_503L % count);
                int vma = spaces.find(mm.mm, TestMm.at(2L * at) + 5);
                if (vmas.start(vma) != TestMm.at(2L * at) || spaces.find(mm.mm, TestMm.at(2L * at + 1)) != 0) {
                    wrong[0]++;
                }
            }
        });

        assertEquals(0, wrong[0]);
        assertEquals(0, bytes);
    }

    // ---- mapping and splitting ----

    @Test
    void a_range_that_is_not_free_is_refused_with_what_is_there() {
        mm.map(4, 8, RW);

        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> mm.map(6, 10, RW));
        assertTrue(refused.getMessage().contains("is not free"), refused.getMessage());
        assertThrows(
                IllegalArgumentException.class, () -> spaces.mapAnonymous(mm.mm, TestMm.at(20) + 1, TestMm.at(21), RW));
    }

    @Test
    void every_change_needs_the_mmap_lock_held_for_writing() {
        int vma = mm.map(0, 8, RW);
        spaces.locks().downgrade(mm.mm);

        assertThrows(LockProtocolError.class, () -> mm.map(8, 12, RW));
        assertThrows(LockProtocolError.class, () -> spaces.split(vma, TestMm.at(4)));
        assertThrows(LockProtocolError.class, () -> mm.protect(0, 4, RO));
        assertThrows(LockProtocolError.class, () -> mm.unmap(0, 4));
        assertThrows(LockProtocolError.class, () -> mm.move(0, 4, 20));
        assertEquals("[0,8)rw-", mm.layout());
    }

    @Test
    void a_split_leaves_the_lower_part_its_handle_and_continues_the_offsets() {
        //   |--------vma--------|
        //   |--vma--|---new-----|
        int vma = mm.map(0, 8, RW);
        mm.touch(0);
        int added = spaces.split(vma, TestMm.at(3));

        assertEquals(vma, mm.vma(2));
        assertEquals(added, mm.vma(3));
        assertEquals(TestMm.at(3) >> 12, vmas.pgoff(added));
        assertEquals(vmas.anonVma(vma), vmas.anonVma(added));
        assertEquals(2, mm.anonVmas.numActiveVmas(vmas.anonVma(vma)));
        assertNull(mm.problem());
        assertThrows(IllegalArgumentException.class, () -> spaces.split(vma, TestMm.at(0)));
        assertThrows(IllegalArgumentException.class, () -> spaces.split(vma, TestMm.at(3)));
    }

    @Test
    void a_change_gives_back_the_vma_it_was_asked_about_even_if_it_is_the_middle() {
        int vma = mm.map(0, 12, RW);
        int changed = spaces.modifyFlags(vma, TestMm.at(4), TestMm.at(8), RO);

        assertEquals(vma, changed);
        assertEquals(TestMm.at(4), vmas.start(vma));
        assertEquals(TestMm.at(8), vmas.end(vma));
        assertEquals(RW, vmas.flags(vma), "setting the flags is the caller's part");
    }

    @Test
    void a_vma_inserted_on_purpose_stays_alone() {
        mm.map(0, 4, RW);
        spaces.insert(mm.mm, TestMm.at(4), TestMm.at(8), RW, 0, TestMm.at(4) >> 12);

        assertEquals("[0,4)rw- [4,8)rw-", mm.layout());
        assertNull(mm.problem());
    }

    // ---- vm.max_map_count ----

    @Test
    void mapping_is_refused_only_once_the_count_is_above_the_limit() {
        spaces.limits().maxMapCount(2);
        mm.map(0, 1, RW);
        mm.map(2, 3, RW);
        assertFalse(spaces.accounting().tooManyToMap(mm.mm));
        mm.map(4, 5, RW);
        assertTrue(spaces.accounting().tooManyToMap(mm.mm));
    }

    @Test
    void a_split_is_refused_at_the_limit_but_a_merge_is_not() {
        spaces.limits().maxMapCount(2);
        mm.map(0, 4, RW);
        mm.map(4, 8, RO);

        assertEquals(-Errno.ENOMEM, mm.protect(1, 2, RO));
        assertEquals(-Errno.ENOMEM, spaces.split(mm.vma(0), TestMm.at(1)));
        assertEquals("[0,4)rw- [4,8)r--", mm.layout());
        assertEquals(0, mm.protect(2, 4, RO), "the part goes to a neighbour");
        assertEquals("[0,2)rw- [2,8)r--", mm.layout());
    }

    @Test
    void a_change_in_the_middle_may_fail_after_its_first_split() {
        spaces.limits().maxMapCount(2);
        mm.map(0, 9, RW);

        assertEquals(-Errno.ENOMEM, mm.protect(3, 6, RO));
        assertEquals("[0,3)rw- [3,9)rw-", mm.layout());
    }

    @Test
    void unmapping_the_inside_of_a_vma_is_refused_at_the_limit_and_an_end_is_not() {
        spaces.limits().maxMapCount(2);
        mm.map(0, 9, RW);
        mm.map(20, 21, RW);

        assertEquals(-Errno.ENOMEM, mm.unmap(3, 6));
        assertEquals("[0,9)rw- [20,21)rw-", mm.layout());
        assertEquals(0, mm.unmap(6, 9));
        assertEquals(0, mm.unmap(0, 3));
        assertEquals("[3,6)rw- [20,21)rw-", mm.layout());
    }

    @Test
    void moving_needs_room_for_three_more_vmas() {
        spaces.limits().maxMapCount(5);
        mm.map(0, 1, RW);
        assertFalse(spaces.accounting().tooManyToMove(mm.mm));
        mm.map(2, 3, RW);
        assertTrue(spaces.accounting().tooManyToMove(mm.mm));
    }

    // ---- unmapping ----

    @Test
    void unmapping_cuts_both_ends_and_takes_what_is_between() {
        //   |--a--|--b--| |--c--|
        //      |--- unmap ---|
        mm.map(0, 4, RW);
        mm.map(4, 8, RO);
        mm.map(9, 13, RW);
        mm.touch(0);

        assertEquals(0, mm.unmap(2, 11));
        assertEquals("[0,2)rw- [11,13)rw-", mm.layout());
        assertNull(mm.problem());
    }

    @Test
    void unmapping_nothing_is_no_error() {
        mm.map(0, 4, RW);

        assertEquals(0, mm.unmap(4, 100));
        assertEquals(0, spaces.unmapping().detach(mm.mm, TestMm.at(50), TestMm.at(60)));
        assertEquals("[0,4)rw-", mm.layout());
    }

    @Test
    void a_detached_vma_is_found_by_the_reverse_map_until_it_is_unlinked() {
        mm.map(0, 8, RW);
        mm.touch(0);
        int anonVma = vmas.anonVma(mm.vma(0));
        long offset = TestMm.at(5) >> 12;
        int head = spaces.unmapping().detach(mm.mm, TestMm.at(4), TestMm.at(8));

        assertEquals(0, mm.vma(5));
        assertTrue(vmas.isDetached(head));
        assertEquals(head, mm.anonVmas.vmaOf(mm.anonVmas.first(anonVma, offset, offset)));
        assertEquals(8, mm.mms.totalVm(mm.mm), "counted until it is released");
        spaces.unmapping().unlinkRmap(head);
        assertEquals(0, mm.anonVmas.first(anonVma, offset, offset));
        spaces.unmapping().release(head);
        assertEquals(4, mm.mms.totalVm(mm.mm));
        assertFalse(vmas.isLive(head));
        assertNull(mm.problem());
    }

    @Test
    void detached_vmas_can_be_put_back() {
        mm.map(0, 4, RW | VmFlags.VM_LOCKED);
        mm.map(4, 8, RO);
        int head = spaces.unmapping().detach(mm.mm, TestMm.at(1), TestMm.at(8));
        assertEquals("[0,1)rw-", mm.layout());
        assertEquals(1, mm.mms.lockedVm(mm.mm));

        spaces.unmapping().reattach(head);

        assertEquals("[0,1)rw- [1,4)rw- [4,8)r--", mm.layout());
        assertNull(mm.problem());
    }

    @Test
    void a_sealed_vma_is_not_unmapped() {
        mm.map(0, 4, RW);
        mm.map(4, 8, RW | VmFlags.VM_SEALED);

        assertEquals(-Errno.EPERM, mm.unmap(2, 6));
        assertEquals(-Errno.EPERM, mm.unmap(5, 6));
        assertEquals("[0,2)rw- [2,4)rw- [4,8)rw-", mm.layout(), "only the first was split");
        assertNull(mm.problem());
    }

    @Test
    void an_address_space_ends_when_it_is_empty() {
        TestMm other = mm.fork();
        other.map(0, 4, RW);
        spaces.locks().writeUnlock(other.mm);

        assertThrows(IllegalStateException.class, () -> spaces.freeMm(other.mm));
        spaces.locks().writeLockNested(other.mm);
        other.exit();
        assertFalse(mm.mms.isLive(other.mm));
        assertEquals(0, vmas.live());
    }

    // ---- fork ----

    @Test
    void a_child_has_the_same_vmas_without_the_locked_and_the_omitted() {
        mm.map(0, 4, RW | VmFlags.VM_LOCKED);
        mm.map(4, 8, RW | VmFlags.VM_DONTCOPY);
        mm.mapFile(8, 12, RO | VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE, 7, 3);
        TestMm child = mm.fork();

        assertEquals("[0,4)rw- [8,12)r--", child.layout());
        assertEquals(0, mm.mms.lockedVm(child.mm));
        assertEquals(8, mm.mms.totalVm(child.mm));
        assertEquals(3, vmas.pgoff(child.vma(8)));
        assertNull(mm.problem());
    }

    @Test
    void a_child_follows_its_parent_in_the_files_tree() {
        int parents = mm.mapFile(0, 4, RO, 7, 0);
        TestMm stranger = new ForkOf(mm).empty();
        int strangers = stranger.mapFile(0, 4, RO, 7, 0);
        TestMm child = mm.fork();

        List<Integer> order = new ArrayList<>();
        FileMappings files = spaces.files();
        for (int vma = files.first(7, 0, 0); vma != 0; vma = files.next(vma, 0, 0)) {
            order.add(vma);
        }
        assertEquals(List.of(parents, child.vma(0), strangers), order);
    }

    /** A fork of a space that has nothing yet to copy. */
    private record ForkOf(TestMm mm) {
        TestMm empty() {
            TestMm copy = mm.fork();
            copy.unmap(0, 1000);
            return copy;
        }
    }

    // ---- what the layers above are told ----

    /** Writes down what it is told, with the locks that are held then. */
    private static final class Recorder implements VmaAdjustment {
        final List<String> told = new ArrayList<>();
        final TestMm mm;
        int answer;

        Recorder(TestMm mm) {
            this.mm = mm;
        }

        private String locks(int vma) {
            int anonVma = mm.vmas.anonVma(vma);
            return anonVma != 0 && mm.sync.isHeld(LockClass.ANON_VMA, mm.anonVmas.root(anonVma)) ? " locked" : "";
        }

        private String range(int vma) {
            return "[" + TestMm.page(mm.vmas.start(vma)) + "," + TestMm.page(mm.vmas.end(vma)) + ")";
        }

        @Override
        public int maySplit(int vma, long address) {
            told.add("maySplit " + range(vma) + " at " + TestMm.page(address) + locks(vma));
            return answer;
        }

        @Override
        public int newEdge(int vma, long address, boolean changesBelow) {
            told.add("newEdge " + range(vma) + " at " + TestMm.page(address) + locks(vma));
            return 0;
        }

        @Override
        public void beforeSplit(int vma, long address) {
            told.add("beforeSplit " + range(vma) + " at " + TestMm.page(address) + locks(vma));
        }

        @Override
        public void duplicated(int from, int to) {
            told.add("duplicated " + range(from) + " to " + range(to));
        }

        @Override
        public void merged(int vma) {
            told.add("merged " + range(vma));
        }

        @Override
        public void freed(int vma) {
            told.add("freed");
        }
    }

    private final Recorder recorder = new Recorder(mm);

    @Test
    void a_split_is_announced_before_and_under_the_locks() {
        mm.map(0, 8, RW);
        mm.touch(0);
        spaces.install(recorder);
        spaces.split(mm.vma(0), TestMm.at(3));

        assertEquals(
                List.of(
                        "maySplit [0,8) at 3",
                        "newEdge [0,8) at 3",
                        "duplicated [0,8) to [3,8)",
                        "beforeSplit [0,8) at 3 locked"),
                recorder.told);
    }

    @Test
    void a_moving_edge_is_announced_for_the_vma_that_loses_a_part() {
        mm.map(0, 4, RO);
        mm.map(4, 12, RW);
        mm.touch(4);
        spaces.install(recorder);
        mm.protect(4, 6, RO);

        assertEquals(List.of("newEdge [4,12) at 6", "beforeSplit [4,12) at 6 locked", "merged [0,6)"), recorder.told);
    }

    @Test
    void an_edge_that_moves_down_is_announced_too() {
        mm.map(0, 8, RW);
        mm.map(8, 12, RO);
        mm.touch(0);
        spaces.install(recorder);
        mm.protect(6, 8, RO);

        assertEquals(List.of("newEdge [0,8) at 6", "beforeSplit [0,8) at 6 locked", "merged [6,12)"), recorder.told);
    }

    @Test
    void joining_announces_no_edge_and_frees_what_is_superfluous() {
        mm.map(0, 4, RW);
        mm.map(8, 12, RW);
        spaces.install(recorder);
        mm.map(4, 8, RW);

        assertEquals(List.of("freed", "merged [0,12)"), recorder.told);
    }

    @Test
    void a_vma_that_must_not_be_split_there_keeps_its_shape_and_the_operation_fails() {
        mm.map(0, 8, RW);
        spaces.install(recorder);
        recorder.answer = -Errno.EINVAL;

        assertEquals(-Errno.EINVAL, mm.unmap(3, 5));
        assertEquals(-Errno.EINVAL, mm.unmap(0, 5));
        assertEquals(-Errno.EINVAL, mm.protect(0, 5, RO));
        assertEquals("[0,8)rw-", mm.layout());
    }

    // ---- stacks ----

    private static final long STACK = RW | VmFlags.VM_GROWSDOWN;

    private int stack(long from, long to) {
        return spaces.insert(mm.mm, TestMm.at(from), TestMm.at(to), STACK, 0, TestMm.at(from) >> 12);
    }

    @Test
    void a_stack_grows_down_to_the_page_that_was_accessed() {
        int vma = stack(1000, 1010);
        assertEquals(0, spaces.expandDownwards(vma, TestMm.at(990) + 17));

        assertEquals("[990,1010)rw-", mm.layout());
        assertEquals(TestMm.at(990) >> 12, vmas.pgoff(vma));
        assertEquals(20, mm.mms.stackVm(mm.mm));
        assertEquals(vma, mm.vma(995));
        assertNull(mm.problem());
    }

    @Test
    void a_stack_keeps_the_guard_gap_to_what_is_accessible_below() {
        int vma = stack(1000, 1010);
        mm.map(700, 710, RW);

        assertEquals(-Errno.ENOMEM, spaces.expandDownwards(vma, TestMm.at(965)));
        assertEquals(0, spaces.expandDownwards(vma, TestMm.at(966)), "256 pages are free then");
        mm.protect(700, 710, RO & ~VmFlags.VM_READ);
        assertEquals(0, spaces.expandDownwards(vma, TestMm.at(800)), "what nobody can access may be near");
    }

    @Test
    void a_stack_stays_within_its_limits() {
        int vma = stack(3000, 3010);
        mm.mms.rlimitStack(mm.mm, 20 * Geometry.PAGE_SIZE);
        assertEquals(-Errno.ENOMEM, spaces.expandDownwards(vma, TestMm.at(2989)));
        assertEquals(0, spaces.expandDownwards(vma, TestMm.at(2990)));

        mm.mms.rlimitStack(mm.mm, 8 << 20);
        mm.mms.rlimitAs(mm.mm, 21 * Geometry.PAGE_SIZE);
        assertEquals(-Errno.ENOMEM, spaces.expandDownwards(vma, TestMm.at(2988)));
        assertEquals(0, spaces.expandDownwards(vma, TestMm.at(2989)));

        vmas.changeFlags(vma, VmFlags.VM_LOCKED, 0);
        mm.mms.addLockedVm(mm.mm, 21);
        mm.mms.rlimitAs(mm.mm, MmTable.RLIM_INFINITY);
        mm.mms.rlimitMemlock(mm.mm, 22 * Geometry.PAGE_SIZE);
        assertEquals(-Errno.ENOMEM, spaces.expandDownwards(vma, TestMm.at(2987)));
        assertEquals(0, spaces.expandDownwards(vma, TestMm.at(2988)));
        assertEquals(22, mm.mms.lockedVm(mm.mm));
        mm.mms.capIpcLock(mm.mm, true);
        assertEquals(0, spaces.expandDownwards(vma, TestMm.at(2980)));
        assertNull(mm.problem());
    }

    @Test
    void only_a_stack_grows_and_not_to_the_bottom() {
        int vma = mm.map(0, 4, RW);
        assertEquals(-Errno.EFAULT, spaces.expandDownwards(vma, TestMm.at(-1)));
        assertEquals(-Errno.EPERM, spaces.expandDownwards(stack(1000, 1010), 0x1000));
    }

    // ---- accounting ----

    @Test
    void limits_on_address_space_and_data_are_pages_rounded_down() {
        VmAccounting accounting = spaces.accounting();
        mm.map(0, 10, RW);
        mm.map(10, 14, RO);
        mm.mms.rlimitAs(mm.mm, 16 * Geometry.PAGE_SIZE + 5);
        assertTrue(accounting.mayExpand(mm.mm, RO, 2));
        assertFalse(accounting.mayExpand(mm.mm, RO, 3));

        mm.mms.rlimitData(mm.mm, 11 * Geometry.PAGE_SIZE);
        assertTrue(accounting.mayExpand(mm.mm, RW, 1));
        assertFalse(accounting.mayExpand(mm.mm, RW, 2));
        assertTrue(accounting.mayExpand(mm.mm, RW | VmFlags.VM_SHARED, 2), "shared memory is no data");
    }

    @Test
    void peaks_are_kept_when_memory_goes() {
        mm.map(0, 10, RW);
        mm.unmap(0, 10);
        assertEquals(10, mm.mms.hiwaterVm(mm.mm));

        mm.mms.addRssAnon(mm.mm, 3);
        mm.mms.addRssShmem(mm.mm, 4);
        mm.mms.noteRssPeak(mm.mm);
        mm.mms.addRssAnon(mm.mm, -3);
        assertEquals(4, mm.mms.rss(mm.mm));
        assertEquals(7, mm.mms.hiwaterRss(mm.mm));
    }
}

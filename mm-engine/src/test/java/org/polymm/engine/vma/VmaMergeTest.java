package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.vma.TestMm.RO;
import static org.polymm.engine.vma.TestMm.RW;
import static org.polymm.engine.vma.TestMm.RWX;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages are numbered from the base of the test address space; lower case is never faulted, upper case faulted. */
class VmaMergeTest {

    private static final int FILE = 5;
    private static final long SHARED_RW = RW | VmFlags.VM_SHARED | VmFlags.VM_MAYSHARE;

    private final TestMm mm = new TestMm();

    @AfterEach
    void everything_is_consistent() {
        assertNull(mm.problem());
    }

    // ---- new mappings ----

    @Test
    void a_new_range_extends_the_vma_below() {
        //   |--aaaa--|  new  |
        mm.map(0, 8, RW);
        mm.map(8, 12, RW);

        assertEquals("[0,12)rw-", mm.layout());
    }

    @Test
    void a_new_range_extends_the_vma_above() {
        //          |  new  |--aaaa--|
        mm.map(8, 12, RW);
        int vma = mm.map(4, 8, RW);

        assertEquals("[4,12)rw-", mm.layout());
        assertEquals(TestMm.at(4) >> 12, mm.vmas.pgoff(vma));
    }

    @Test
    void a_new_range_between_two_alike_joins_all_three_into_the_lower() {
        //   |--aaaa--|  new  |--bbbb--|
        int lower = mm.map(0, 4, RW);
        mm.map(8, 12, RW);
        int joined = mm.map(4, 8, RW);

        assertEquals("[0,12)rw-", mm.layout());
        assertEquals(lower, joined);
        assertEquals(1, mm.vmas.live());
    }

    @Test
    void a_new_range_that_looks_different_stays_alone() {
        mm.map(0, 4, RO);
        mm.map(8, 12, RWX);
        mm.map(4, 8, RW);

        assertEquals("[0,4)r-- [4,8)rw- [8,12)rwx", mm.layout());
    }

    @Test
    void neighbours_that_do_not_touch_stay_apart() {
        mm.map(0, 4, RW);
        mm.map(5, 8, RW);

        assertEquals("[0,4)rw- [5,8)rw-", mm.layout());
    }

    @Test
    void a_gap_between_two_separately_faulted_vmas_joins_the_lower_only() {
        //   |--AAAA--|        |--BBBB--|     A and B have anon_vmas of their own
        //   |--AAAAAAAAAAAAAA-|--BBBB--|
        mm.map(0, 4, RW);
        mm.touch(0);
        mm.map(8, 12, RW);
        mm.touch(8);
        mm.map(4, 8, RW);

        assertEquals("[0,8)rw- [8,12)rw-", mm.layout());
    }

    @Test
    void a_gap_in_what_was_faulted_as_one_closes_again() {
        //   |--AAAA--|        |--AAAA--|
        mm.map(0, 12, RW);
        mm.touch(0);
        mm.unmap(4, 8);
        assertEquals("[0,4)rw- [8,12)rw-", mm.layout());

        mm.map(4, 8, RW);

        assertEquals("[0,12)rw-", mm.layout());
        assertEquals(1, mm.anonVmas.live());
        assertEquals(1, mm.anonVmas.liveChains());
    }

    @Test
    void joining_an_unfaulted_vma_below_with_a_faulted_above_hands_the_anon_vma_down() {
        //   |--aaaa--|  new  |--BBBB--|
        mm.map(0, 4, RW);
        mm.map(8, 12, RW);
        mm.touch(8);
        int anonVma = mm.vmas.anonVma(mm.vma(8));
        mm.map(4, 8, RW);

        assertEquals("[0,12)rw-", mm.layout());
        assertEquals(anonVma, mm.vmas.anonVma(mm.vma(0)));
        assertEquals(1, mm.anonVmas.numActiveVmas(anonVma));
    }

    @ParameterizedTest
    @ValueSource(longs = {VmFlags.VM_IO, VmFlags.VM_PFNMAP, VmFlags.VM_MIXEDMAP, VmFlags.VM_DONTEXPAND})
    void special_mappings_never_merge(long special) {
        mm.map(0, 4, RW | special);
        mm.map(4, 8, RW | special);

        assertEquals("[0,4)rw- [4,8)rw-", mm.layout());
    }

    @Test
    void soft_dirty_does_not_keep_vmas_apart() {
        mm.map(0, 4, RW | VmFlags.VM_SOFTDIRTY);
        int vma = mm.map(4, 8, RW);

        assertEquals("[0,8)rw-", mm.layout());
        assertTrue(mm.vmas.has(vma, VmFlags.VM_SOFTDIRTY));
    }

    @Test
    void whoever_may_have_guard_regions_keeps_that_mark_through_every_merge() {
        mm.map(0, 4, RW);
        mm.map(8, 12, RW | VmFlags.VM_MAYBE_GUARD);
        int joined = mm.map(4, 8, RW);

        assertEquals("[0,12)rw-", mm.layout());
        assertTrue(mm.vmas.has(joined, VmFlags.VM_MAYBE_GUARD));
    }

    @Test
    void ranges_of_a_file_merge_where_the_offsets_run_on() {
        //   pages  0..4   4..8   8..12
        //   pgoff 10..14 14..18 19..23
        mm.mapFile(0, 4, SHARED_RW, FILE, 10);
        mm.mapFile(4, 8, SHARED_RW, FILE, 14);
        mm.mapFile(8, 12, SHARED_RW, FILE, 19);

        assertEquals("[0,8)rw- [8,12)rw-", mm.layout());
        assertEquals(2, mm.spaces.files().mappings(FILE));
        assertEquals(2, mm.spaces.files().writableMappings(FILE));
    }

    @Test
    void ranges_of_two_files_do_not_merge() {
        mm.mapFile(0, 4, SHARED_RW, FILE, 0);
        mm.mapFile(4, 8, SHARED_RW, FILE + 1, 4);

        assertEquals("[0,4)rw- [4,8)rw-", mm.layout());
    }

    @Test
    void a_file_mapping_joined_from_three_is_once_in_the_files_tree() {
        mm.mapFile(0, 4, SHARED_RW, FILE, 0);
        mm.mapFile(8, 12, SHARED_RW, FILE, 8);
        int joined = mm.mapFile(4, 8, SHARED_RW, FILE, 4);

        assertEquals("[0,12)rw-", mm.layout());
        assertEquals(1, mm.spaces.files().mappings(FILE));
        assertEquals(joined, mm.spaces.files().first(FILE, 11, 11));
    }

    @Test
    void a_vma_with_a_close_hook_may_be_extended_but_not_swallowed() {
        //   |--aaaa--|  new  |--bbbb--|     b has the hook
        mm.map(0, 4, RW);
        mm.vmas.closeHook(mm.map(8, 12, RW), true);
        mm.map(4, 8, RW);
        assertEquals("[0,8)rw- [8,12)rw-", mm.layout());

        mm.map(12, 16, RW);
        assertEquals("[0,8)rw- [8,16)rw-", mm.layout());
    }

    @Test
    void names_policies_and_userfaultfd_contexts_keep_vmas_apart_until_they_are_equal() {
        int vma = mm.map(0, 8, RW);
        int named = mm.spaces.modifyName(vma, TestMm.at(4), TestMm.at(8), 3);
        mm.vmas.anonName(named, 3);
        assertEquals("[0,4)rw- [4,8)rw-", mm.layout());
        assertEquals(named, mm.spaces.modifyName(mm.vma(0), TestMm.at(0), TestMm.at(4), 3));
        assertEquals("[0,8)rw-", mm.layout());

        int bound = mm.spaces.modifyPolicy(mm.vma(0), TestMm.at(0), TestMm.at(2), 1);
        mm.vmas.policy(bound, 1);
        assertEquals("[0,2)rw- [2,8)rw-", mm.layout());

        int armed = mm.spaces.modifyUffd(mm.vma(2), TestMm.at(6), TestMm.at(8), RW | VmFlags.VM_UFFD_WP, 9);
        mm.vmas.flags(armed, RW | VmFlags.VM_UFFD_WP);
        mm.vmas.uffd(armed, 9);
        assertEquals("[0,2)rw- [2,6)rw- [6,8)rw-", mm.layout());
    }

    // ---- changes of a range ----

    @Test
    void changing_the_middle_of_a_vma_splits_it_in_three_and_changing_it_back_joins_it() {
        //   |--------aaaa--------|
        //   |-----|**ro**|-------|
        mm.map(0, 12, RW);
        mm.protect(4, 8, RO);
        assertEquals("[0,4)rw- [4,8)r-- [8,12)rw-", mm.layout());

        mm.protect(4, 8, RW);
        assertEquals("[0,12)rw-", mm.layout());
    }

    @Test
    void changing_a_faulted_vma_and_back_leaves_one_vma_and_one_chain() {
        mm.map(0, 12, RW);
        mm.touch(5);
        mm.protect(4, 8, RO);
        assertEquals(3, mm.anonVmas.liveChains());
        assertEquals(1, mm.anonVmas.live());

        mm.protect(4, 8, RW);

        assertEquals("[0,12)rw-", mm.layout());
        assertEquals(1, mm.anonVmas.liveChains());
    }

    @Test
    void a_changed_front_part_goes_to_the_vma_below_that_looks_so() {
        //   |--ro--|*****aaaa|
        //   |----ro----|-aaaa|     no VMA is made
        mm.map(0, 4, RO);
        int upper = mm.map(4, 12, RW);
        mm.protect(4, 6, RO);

        assertEquals("[0,6)r-- [6,12)rw-", mm.layout());
        assertEquals(upper, mm.vma(6));
        assertEquals(TestMm.at(6) >> 12, mm.vmas.pgoff(upper));
    }

    @Test
    void a_changed_rear_part_goes_to_the_vma_above_that_looks_so() {
        //   |aaaa*****|--ro--|
        //   |aaaa-|----ro----|
        int lower = mm.map(0, 8, RW);
        int upper = mm.map(8, 12, RO);
        mm.protect(6, 8, RO);

        assertEquals("[0,6)rw- [6,12)r--", mm.layout());
        assertEquals(lower, mm.vma(0));
        assertEquals(upper, mm.vma(6));
    }

    @Test
    void a_whole_vma_goes_to_the_one_above_if_only_that_looks_so() {
        mm.map(0, 8, RW);
        int upper = mm.map(8, 12, RO);
        mm.protect(0, 8, RO);

        assertEquals("[0,12)r--", mm.layout());
        assertEquals(upper, mm.vma(0));
    }

    @Test
    void a_changed_part_takes_its_chain_along_to_a_neighbour_that_never_faulted() {
        //   |--ro--|*****AAAA|     pages of the part were faulted
        mm.map(0, 4, RO);
        mm.map(4, 12, RW);
        mm.touch(4);
        mm.protect(4, 6, RO);

        assertEquals("[0,6)r-- [6,12)rw-", mm.layout());
        assertEquals(mm.vmas.anonVma(mm.vma(6)), mm.vmas.anonVma(mm.vma(0)));
        assertEquals(2, mm.anonVmas.numActiveVmas(mm.vmas.anonVma(mm.vma(0))));
    }

    @Test
    void a_vma_with_a_close_hook_is_not_given_away_whole() {
        mm.map(0, 4, RO);
        mm.vmas.closeHook(mm.map(4, 8, RW), true);
        mm.protect(4, 8, RO);

        assertEquals("[0,4)r-- [4,8)r--", mm.layout());
    }

    @Test
    void between_two_alike_a_neighbour_above_with_a_close_hook_is_left() {
        mm.map(0, 4, RO);
        mm.map(4, 8, RW);
        mm.vmas.closeHook(mm.map(8, 12, RO), true);
        mm.protect(4, 8, RO);

        assertEquals("[0,8)r-- [8,12)r--", mm.layout());
    }

    @Test
    void an_unfaulted_left_neighbour_takes_a_faulted_vma_over() {
        //   ro      rw                   ro
        //   |-aaaaa-|-BBBBB-|    ->    |-BBBBBBBBBBBBB-|
        mm.map(0, 10, RW);
        mm.protect(0, 5, RO);
        mm.touch(5);
        mm.protect(5, 10, RO);

        assertEquals("[0,10)r--", mm.layout());
        assertNotEquals(0, mm.vmas.anonVma(mm.vma(0)));
    }

    @Test
    void an_unfaulted_right_neighbour_takes_a_faulted_vma_over() {
        mm.map(0, 10, RW);
        mm.protect(5, 10, RO);
        mm.touch(0);
        mm.protect(0, 5, RO);

        assertEquals("[0,10)r--", mm.layout());
    }

    @Test
    void unfaulted_neighbours_on_both_sides_join_with_a_faulted_middle() {
        mm.map(0, 9, RW);
        mm.protect(0, 3, RO);
        mm.protect(6, 9, RO);
        mm.touch(3);
        mm.protect(3, 6, RO);

        assertEquals("[0,9)r--", mm.layout());
        assertEquals(1, mm.anonVmas.liveChains());
    }

    @Test
    void a_faulted_left_and_an_unfaulted_right_neighbour_join_with_the_middle() {
        mm.map(0, 9, RW);
        mm.protect(6, 9, RO);
        mm.touch(0);
        mm.protect(0, 3, RO);
        mm.protect(3, 6, RO);

        assertEquals("[0,9)r--", mm.layout());
    }

    @Test
    void an_unfaulted_left_and_a_faulted_right_neighbour_join_with_the_middle() {
        mm.map(0, 9, RW);
        mm.protect(0, 3, RO);
        mm.touch(3);
        mm.protect(6, 9, RO);
        mm.protect(3, 6, RO);

        assertEquals("[0,9)r--", mm.layout());
    }

    @Test
    void separately_faulted_neighbours_do_not_join_through_a_changed_middle() {
        //   ro       rw      ro
        //   |-AAAAA-|-bbb-|-CCCCC-|    A and C cannot both have b
        mm.map(0, 3, RO);
        mm.touch(0);
        mm.map(6, 9, RO);
        mm.touch(6);
        mm.map(3, 6, RWX);
        mm.protect(3, 6, RO);

        assertEquals("[0,6)r-- [6,9)r--", mm.layout());
    }

    @Test
    void faults_of_split_parts_share_an_anon_vma_so_that_they_can_join_again() {
        mm.map(0, 9, RW);
        mm.protect(3, 6, RO);
        mm.touch(0);
        mm.touch(3);
        mm.touch(6);
        assertEquals(1, mm.anonVmas.live());

        mm.protect(3, 6, RW);

        assertEquals("[0,9)rw-", mm.layout());
    }

    // ---- forked children ----

    @Test
    void a_forked_vma_does_not_grow_over_a_new_unfaulted_neighbour() {
        mm.map(0, 5, RW);
        mm.touch(0);
        TestMm child = mm.fork();

        child.map(5, 10, RW);

        assertEquals("[0,5)rw- [5,10)rw-", child.layout());
        mm.map(5, 10, RW);
        assertEquals("[0,10)rw-", mm.layout(), "the parent's has one chain entry and may grow");
    }

    @Test
    void a_forked_vma_is_not_given_to_an_unfaulted_neighbour() {
        mm.map(0, 5, RW);
        mm.touch(0);
        TestMm child = mm.fork();
        child.map(5, 10, RWX);

        child.protect(0, 5, RWX);

        assertEquals("[0,5)rwx [5,10)rwx", child.layout());
    }

    @Test
    void parts_of_a_forked_vma_join_again_after_a_round_trip() {
        mm.map(0, 12, RW);
        mm.touch(0);
        TestMm child = mm.fork();
        child.protect(4, 8, RO);
        child.protect(4, 8, RW);
        assertEquals("[0,12)rw-", child.layout());

        child.move(4, 8, 40);
        child.move(40, 44, 4);
        assertEquals("[0,12)rw-", child.layout());
    }

    // ---- growing in place, and the heap ----

    @Test
    void a_vma_grows_in_place_over_free_pages() {
        mm.map(0, 4, RW);
        mm.touch(0);
        int grown = mm.spaces.extend(mm.vma(0), 4 * 4096);
        mm.spaces.accounting().account(mm.mm, RW, 4);

        assertEquals("[0,8)rw-", mm.layout());
        assertEquals(grown, mm.vma(7));
    }

    @Test
    void a_vma_that_grows_up_to_one_alike_joins_it() {
        mm.map(0, 4, RW);
        mm.map(8, 12, RW);
        mm.spaces.extend(mm.vma(0), 4 * 4096);
        mm.spaces.accounting().account(mm.mm, RW, 4);

        assertEquals("[0,12)rw-", mm.layout());
    }

    @Test
    void a_forked_vma_grows_in_place() {
        mm.map(0, 4, RW);
        mm.touch(0);
        TestMm child = mm.fork();
        child.spaces.extend(child.vma(0), 4 * 4096);
        child.spaces.accounting().account(child.mm, RW, 4);

        assertEquals("[0,8)rw-", child.layout());
    }

    @Test
    void the_heap_grows_from_below_and_never_takes_what_is_above() {
        mm.spaces.extendBrk(mm.mm, TestMm.at(0), TestMm.at(4), RW);
        mm.map(8, 12, RW);
        mm.spaces.extendBrk(mm.mm, TestMm.at(4), TestMm.at(8), RW);

        assertEquals("[0,8)rw- [8,12)rw-", mm.layout());
    }

    @Test
    void a_heap_that_looks_different_by_now_goes_on_as_another_vma() {
        mm.spaces.extendBrk(mm.mm, TestMm.at(0), TestMm.at(4), RW);
        mm.protect(2, 4, RO);
        mm.spaces.extendBrk(mm.mm, TestMm.at(4), TestMm.at(8), RW);

        assertEquals("[0,2)rw- [2,4)r-- [4,8)rw-", mm.layout());
    }

    @Test
    void a_relocated_vma_that_was_kept_apart_joins_its_neighbours_on_request() {
        int vma = mm.map(0, 4, RW);
        int other = mm.map(4, 8, RO);
        mm.vmas.flags(other, RW);
        mm.spaces.accounting().account(mm.mm, RO, -4);
        mm.spaces.accounting().account(mm.mm, RW, 4);

        assertEquals(vma, mm.spaces.mergeNeighbours(other));
        assertEquals("[0,8)rw-", mm.layout());
        assertEquals(vma, mm.spaces.mergeNeighbours(vma));
    }
}

package org.polymm.engine.vma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.polymm.engine.vma.TestMm.RW;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What mremap leaves of VMAs, as observed on Linux 6.18. Pages are numbered from the base of the test address space;
 * lower case is never faulted, upper case faulted.
 */
class MremapMergeTest {

    private static final long FAR = 1000;

    private final TestMm mm = new TestMm();

    @AfterEach
    void everything_is_consistent() {
        assertNull(mm.problem());
    }

    private void touch(TestMm space, long from, long to) {
        for (long page = from; page < to; page++) {
            space.touch(page);
        }
    }

    // ---- away and back ----

    @ParameterizedTest
    @ValueSource(strings = {"all", "none", "outer", "inner"})
    void what_moves_away_and_back_is_one_vma_again(String faulted) {
        //   |-AAAA-|-MMMM-|-AAAA-|  ->  |-AAAA-|      |-AAAA-|   |-MMMM-|  ->  |-AAAA-MMMM-AAAA-|
        mm.map(0, 12, RW);
        switch (faulted) {
            case "all" -> touch(mm, 0, 12);
            case "outer" -> touch(mm, 0, 4);
            case "inner" -> touch(mm, 4, 8);
            default -> {}
        }
        mm.move(4, 8, FAR);
        assertEquals("[0,4)rw- [8,12)rw- [1000,1004)rw-", mm.layout());

        mm.move(FAR, FAR + 4, 4);

        assertEquals("[0,12)rw-", mm.layout());
    }

    @Test
    void what_is_faulted_first_at_the_far_place_stays_apart_when_it_comes_back() {
        //   |-AAAA-|-mmmm-|-AAAA-|     m unfaulted: takes the page offsets of the far place, is faulted there, keeps
        // them
        mm.map(0, 12, RW);
        mm.move(4, 8, FAR);
        mm.touch(0);
        mm.touch(8);
        mm.touch(FAR);
        mm.move(FAR, FAR + 4, 4);

        assertEquals("[0,4)rw- [4,8)rw- [8,12)rw-", mm.layout());
    }

    @Test
    void two_separately_faulted_vmas_do_not_join_side_by_side() {
        mm.map(0, 4, RW);
        mm.touch(0);
        mm.map(100, 104, RW);
        mm.touch(100);
        mm.move(100, 104, 4);

        assertEquals("[0,4)rw- [4,8)rw-", mm.layout());
    }

    @Test
    void an_unfaulted_vma_joins_a_faulted_one_that_never_moved() {
        mm.map(0, 4, RW);
        mm.touch(0);
        mm.map(100, 104, RW);
        mm.move(100, 104, 4);

        assertEquals("[0,8)rw-", mm.layout());
    }

    @Test
    void an_unfaulted_vma_does_not_join_a_faulted_one_that_was_moved() {
        mm.map(50, 54, RW);
        mm.touch(50);
        mm.move(50, 54, 0);
        mm.map(100, 104, RW);
        mm.move(100, 104, 4);
        assertEquals("[0,4)rw- [4,8)rw-", mm.layout());

        mm.map(8, 12, RW);
        assertEquals("[0,4)rw- [4,12)rw-", mm.layout(), "and neither does a new mapping");
    }

    @Test
    void swapping_the_halves_of_a_faulted_vma_leaves_two() {
        mm.map(0, 8, RW);
        touch(mm, 0, 8);
        mm.move(0, 4, FAR);
        mm.move(4, 8, 0);
        mm.move(FAR, FAR + 4, 4);

        assertEquals("[0,4)rw- [4,8)rw-", mm.layout());
    }

    // ---- unfaulted to faulted ----

    @Test
    void an_unfaulted_vma_moved_before_a_faulted_one_joins_it() {
        mm.map(5, 10, RW);
        mm.map(20, 25, RW);
        mm.move(20, 25, FAR);
        mm.touch(5);
        mm.move(FAR, FAR + 5, 0);

        assertEquals("[0,10)rw-", mm.layout());
    }

    @Test
    void an_unfaulted_vma_moved_between_two_families_joins_the_lower_only() {
        mm.map(0, 5, RW);
        mm.map(20, 25, RW);
        mm.map(10, 15, RW);
        mm.touch(0);
        mm.touch(10);
        mm.move(20, 25, 5);

        assertEquals("[0,10)rw- [10,15)rw-", mm.layout());
    }

    @Test
    void an_unfaulted_vma_moved_between_a_faulted_and_an_unfaulted_one_joins_all() {
        mm.map(0, 5, RW);
        mm.touch(0);
        mm.map(10, 15, RW);
        mm.map(20, 25, RW);
        mm.move(20, 25, 5);

        assertEquals("[0,15)rw-", mm.layout());
    }

    @Test
    void an_unfaulted_vma_moved_into_the_hole_of_a_faulted_one_closes_it() {
        mm.map(0, 15, RW);
        mm.touch(0);
        mm.unmap(5, 10);
        mm.map(20, 25, RW);
        mm.move(20, 25, 5);

        assertEquals("[0,15)rw-", mm.layout());
    }

    @Test
    void parts_of_a_faulted_vma_join_whenever_two_are_in_their_place() {
        //   |-AAAAA-|-BBBBB-|-CCCCC-|
        mm.map(0, 15, RW);
        mm.touch(0);
        mm.move(10, 15, 2000);
        mm.move(5, 10, 1000);
        mm.move(1000, 1005, 5);
        assertEquals("[0,10)rw- [2000,2005)rw-", mm.layout(), "B below C");

        mm.move(0, 5, 1000);
        mm.move(1000, 1005, 0);
        assertEquals("[0,10)rw- [2000,2005)rw-", mm.layout(), "A below B");

        mm.move(0, 5, 1000);
        mm.move(2000, 2005, 10);
        assertEquals("[5,15)rw- [1000,1005)rw-", mm.layout(), "C above B");

        mm.move(1000, 1005, 0);
        assertEquals("[0,15)rw-", mm.layout());

        mm.move(5, 10, 1000);
        mm.move(1000, 1005, 5);
        assertEquals("[0,15)rw-", mm.layout(), "the middle");

        mm.move(10, 15, 1000);
        mm.move(1000, 1005, 10);
        assertEquals("[0,15)rw-", mm.layout(), "the end");
        assertEquals(1, mm.anonVmas.liveChains());
    }

    // ---- faulted to unfaulted, with MREMAP_DONTUNMAP ----

    private TestMm maybeForked(boolean forked) {
        return forked ? mm.fork() : mm;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_faulted_vma_joins_the_unfaulted_one_below_unless_it_was_forked(boolean forked) {
        //   |-bbb-|  <----  |-AAA-|
        mm.map(3, 6, RW);
        mm.touch(3);
        TestMm it = maybeForked(forked);
        it.move(3, 6, 20);
        it.map(0, 3, RW);
        it.moveDontUnmap(20, 23, 3);

        assertEquals(forked ? "[0,3)rw- [3,6)rw- [20,23)rw-" : "[0,6)rw- [20,23)rw-", it.layout());
        it.unmap(20, 23);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_faulted_vma_joins_the_unfaulted_one_above_unless_it_was_forked(boolean forked) {
        mm.map(0, 3, RW);
        mm.touch(0);
        TestMm it = maybeForked(forked);
        it.move(0, 3, 20);
        it.map(3, 6, RW);
        it.moveDontUnmap(20, 23, 0);

        assertEquals(forked ? "[0,3)rw- [3,6)rw- [20,23)rw-" : "[0,6)rw- [20,23)rw-", it.layout());
        it.unmap(0, 6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_faulted_vma_joins_unfaulted_ones_on_both_sides_unless_it_was_forked(boolean forked) {
        mm.map(3, 6, RW);
        mm.touch(3);
        TestMm it = maybeForked(forked);
        it.move(3, 6, 20);
        it.map(0, 3, RW);
        it.map(6, 9, RW);
        it.moveDontUnmap(20, 23, 3);

        assertEquals(forked ? "[0,3)rw- [3,6)rw- [6,9)rw- [20,23)rw-" : "[0,9)rw- [20,23)rw-", it.layout());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_faulted_vma_joins_its_other_half_above_even_if_it_was_forked(boolean forked) {
        mm.map(3, 9, RW);
        mm.touch(3);
        TestMm it = maybeForked(forked);
        it.move(3, 6, 20);
        it.map(0, 3, RW);
        it.moveDontUnmap(20, 23, 3);

        assertEquals(forked ? "[0,3)rw- [3,9)rw- [20,23)rw-" : "[0,9)rw- [20,23)rw-", it.layout());
    }

    @Test
    void the_source_that_is_left_empty_forgets_its_anon_vma() {
        mm.map(0, 3, RW);
        mm.touch(0);
        CopiedVma copied = mm.moveDontUnmap(0, 3, 20);

        assertEquals(0, mm.vmas.anonVma(copied.source()));
        assertEquals(1, mm.anonVmas.liveChains());
    }

    // ---- itself, and locks ----

    @Test
    void an_unfaulted_vma_that_moves_next_to_itself_merges_with_itself() {
        //   |-aaaa-|  copy  |   one VMA covers source and destination until the source is unmapped
        mm.map(0, 4, RW);
        CopiedVma copied = mm.move(0, 4, 4);

        assertEquals(copied.source(), copied.vma());
        assertEquals("[4,8)rw-", mm.layout());
    }

    @Test
    void an_unfaulted_vma_that_moves_below_itself_merges_with_itself() {
        mm.map(4, 8, RW);
        CopiedVma copied = mm.move(4, 8, 0);

        assertEquals(copied.source(), copied.vma());
        assertEquals("[0,4)rw-", mm.layout());
        assertEquals(TestMm.at(0) >> 12, mm.vmas.pgoff(mm.vma(0)));
    }

    @Test
    void a_faulted_vma_cannot_merge_with_itself() {
        mm.map(0, 4, RW);
        mm.touch(0);
        CopiedVma copied = mm.move(0, 4, 4);

        assertEquals("[4,8)rw-", mm.layout());
        assertEquals(copied.vma(), mm.vma(4));
        assertEquals(TestMm.at(0) >> 12, mm.vmas.pgoff(copied.vma()), "the offset of where it was faulted");
    }

    @Test
    void a_new_destination_is_walked_after_the_source_and_needs_no_rmap_locks() {
        mm.map(0, 4, RW);
        mm.touch(0);
        int source = mm.vma(0);
        CopiedVma copied = mm.spaces.copyVma(source, TestMm.at(0), TestMm.at(100), 4 * 4096);
        int anonVma = mm.vmas.anonVma(source);
        long offset = mm.vmas.pgoff(source);

        assertFalse(copied.needRmapLocks());
        int first = mm.anonVmas.first(anonVma, offset, offset);
        assertEquals(source, mm.anonVmas.vmaOf(first));
        assertEquals(copied.vma(), mm.anonVmas.vmaOf(mm.anonVmas.next(first, offset, offset)));
        mm.spaces.accounting().account(mm.mm, RW, 4);
    }

    @Test
    void a_destination_merged_into_a_vma_of_lower_offset_needs_the_rmap_locks() {
        //   |-AAAA-|       |-MMMM-|  M goes back behind A: the walk meets A before M
        mm.map(0, 8, RW);
        mm.touch(0);
        mm.move(4, 8, FAR);
        int source = mm.vma(FAR);
        CopiedVma copied = mm.spaces.copyVma(source, TestMm.at(FAR), TestMm.at(4), 4 * 4096);
        mm.spaces.accounting().account(mm.mm, RW, 4);

        assertEquals(mm.vma(0), copied.vma());
        assertTrue(copied.needRmapLocks());
        assertEquals(source, copied.source());
    }

    // ---- for relocation ----

    @Test
    void a_vma_made_anew_at_the_destination_looks_as_if_it_had_always_been_there() {
        mm.map(0, 4, RW);
        mm.touch(0);
        mm.map(100, 104, RW);
        mm.touch(100);
        int neighbours = mm.vmas.anonVma(mm.vma(0));

        CopiedVma copied = mm.spaces.copyVmaAnew(mm.vma(100), TestMm.at(100), TestMm.at(4), 4 * 4096);
        mm.spaces.accounting().account(mm.mm, RW, 4);

        assertEquals(TestMm.at(4) >> 12, mm.vmas.pgoff(copied.vma()));
        assertEquals(neighbours, mm.vmas.anonVma(copied.vma()), "adopted from the neighbour");
        assertTrue(copied.needRmapLocks());
        mm.unmap(100, 104);
        mm.spaces.mergeNeighbours(copied.vma());
        assertEquals("[0,8)rw-", mm.layout());
    }

    @Test
    void what_could_not_be_relocated_is_split_off_and_found_where_it_was() {
        //   new VMA |----relocated----|-kept-|
        mm.map(0, 8, RW);
        mm.touch(0);
        int source = mm.vma(0);
        int copy = mm.spaces
                .copyVmaAnew(source, TestMm.at(0), TestMm.at(100), 8 * 4096)
                .vma();
        mm.spaces.accounting().account(mm.mm, RW, 8);
        int rest = mm.spaces.split(copy, TestMm.at(105));
        mm.spaces.rebase(rest, source, mm.vmas.pgoff(source) + 5);
        mm.unmap(0, 8);

        assertEquals("[100,105)rw- [105,108)rw-", mm.layout());
        assertEquals(TestMm.at(5) >> 12, mm.vmas.pgoff(rest));
        assertEquals(2, mm.anonVmas.live());
        int file = mm.mapFile(200, 204, RW, 3, 0);
        assertThrows(IllegalArgumentException.class, () -> mm.spaces.rebase(file, rest, 0));
    }
}

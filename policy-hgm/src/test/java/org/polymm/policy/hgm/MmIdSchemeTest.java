package org.polymm.policy.hgm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.polymm.testkit.fake.FakeLargeFolio;

/** A folio of 16 pages; P, A and B are three address spaces. */
class MmIdSchemeTest {

    private static final int P = 7;
    private static final int A = 8;
    private static final int B = 9;

    private final MmIdScheme scheme = new MmIdScheme(true);
    private final MmIdScheme withoutPageCounts = new MmIdScheme(false);
    private final FakeLargeFolio folio = new FakeLargeFolio(4, scheme);
    private final FakeLargeFolio bare = new FakeLargeFolio(4, withoutPageCounts);

    private boolean isShared() {
        return scheme.maybeMappedShared(folio);
    }

    @Test
    void a_folio_that_one_process_maps_by_ptes_is_its_own() {
        folio.map(P, 0, 16);
        assertFalse(isShared());
        assertTrue(scheme.isExclusiveTo(folio, P));
        assertFalse(scheme.isExclusiveTo(folio, A));
    }

    @Test
    void a_folio_mapped_page_by_page_is_its_own() {
        for (int page = 15; page >= 0; page--) {
            folio.map(P, page, 1);
        }
        assertTrue(scheme.isExclusiveTo(folio, P));
    }

    @Test
    void fork_shares_and_the_childs_exit_unshares() {
        folio.map(P, 0, 16);
        folio.fork(P, A);
        assertTrue(isShared());
        assertFalse(scheme.isExclusiveTo(folio, P));
        folio.exit(A);
        assertFalse(isShared());
        assertTrue(scheme.isExclusiveTo(folio, P));
    }

    @Test
    void the_child_is_the_owner_when_the_parent_is_gone() {
        folio.map(P, 0, 16);
        folio.fork(P, A);
        folio.exit(P);
        assertTrue(scheme.isExclusiveTo(folio, A));
    }

    @Test
    void three_processes_of_which_the_first_remains_are_told_apart_again() {
        folio.map(P, 0, 16);
        folio.fork(P, A);
        folio.fork(P, B);
        folio.exit(A);
        assertTrue(isShared());
        folio.exit(B);
        assertFalse(isShared());
        assertTrue(scheme.isExclusiveTo(folio, P));
    }

    @Test
    void a_third_process_that_alone_remains_was_never_tracked_and_stays_shared() {
        folio.map(P, 0, 16);
        folio.fork(P, A);
        folio.fork(P, B);
        folio.exit(P);
        folio.exit(A);
        assertEquals(1, folio.sharers());
        assertTrue(isShared());
        assertFalse(scheme.isExclusiveTo(folio, B));
    }

    @Test
    void an_untracked_process_that_maps_again_into_a_free_slot_is_still_no_owner() {
        folio.map(P, 0, 16);
        folio.fork(P, A);
        folio.map(B, 0, 8);
        folio.exit(P);
        folio.map(B, 8, 8);
        folio.exit(A);
        assertTrue(isShared());
        folio.exit(B);
        assertFalse(isShared());
    }

    @Test
    void a_folio_that_only_one_entry_maps_is_not_shared_whoever_owns_it() {
        folio.map(P, 0, 16);
        folio.fork(P, A);
        folio.map(B, 3, 1);
        folio.exit(P);
        folio.exit(A);
        assertFalse(isShared());
        assertFalse(scheme.isExclusiveTo(folio, B));
    }

    @Test
    void two_processes_with_different_pages_are_shared_without_any_page_mapped_twice() {
        folio.map(P, 0, 8);
        folio.map(A, 8, 8);
        assertTrue(isShared());
        assertEquals(1, scheme.reportedMapcount(folio, 0));
        assertTrue(scheme.reportedExclusive(folio, 0));
    }

    @Test
    void a_pmd_mapping_counts_once_and_survives_its_split() {
        folio.mapEntire(P);
        assertTrue(scheme.isExclusiveTo(folio, P));
        assertFalse(isShared());
        folio.splitPmd(P);
        assertTrue(scheme.isExclusiveTo(folio, P));
        assertEquals(1, scheme.reportedMapcount(folio, 5));
        folio.exit(P);
        assertFalse(isShared());
        assertEquals(0, scheme.reportedMapcount(folio, 5));
    }

    @Test
    void reported_counts_add_pmd_entries_to_those_of_each_page() {
        folio.mapEntire(P);
        folio.map(A, 0, 4);
        assertEquals(2, scheme.reportedMapcount(folio, 0));
        assertEquals(1, scheme.reportedMapcount(folio, 4));
        assertFalse(scheme.reportedExclusive(folio, 0));
        assertTrue(scheme.reportedExclusive(folio, 4));
        assertEquals(2, scheme.pssDivisor(folio, 0));
        assertEquals(1, scheme.pssDivisor(folio, 4));
    }

    @Test
    void a_page_unmapped_by_its_last_owner_makes_the_folio_partially_mapped() {
        folio.map(P, 0, 16);
        assertTrue(folio.unmap(P, 3, 1));
    }

    @Test
    void a_page_that_another_process_still_maps_does_not() {
        folio.map(P, 0, 16);
        folio.fork(P, A);
        assertFalse(folio.unmap(P, 0, 8));
        assertTrue(folio.unmap(A, 7, 4));
        assertFalse(folio.unmap(A, 11, 5));
    }

    @Test
    void a_page_unmapped_under_a_pmd_entry_of_another_process_does_not() {
        folio.mapEntire(P);
        folio.map(A, 0, 16);
        assertFalse(folio.unmap(A, 3, 1));
    }

    @Test
    void a_pmd_entry_removed_leaves_the_folio_partially_mapped_where_ptes_map_a_part() {
        folio.mapEntire(P);
        folio.map(A, 0, 4);
        assertTrue(folio.unmapEntire(P));
    }

    @Test
    void a_pmd_entry_removed_leaves_no_gap_where_ptes_or_another_pmd_map_all() {
        folio.mapEntire(P);
        folio.map(A, 0, 16);
        assertFalse(folio.unmapEntire(P));
        FakeLargeFolio twice = new FakeLargeFolio(4, scheme);
        twice.mapEntire(P);
        twice.mapEntire(A);
        twice.map(B, 0, 1);
        assertFalse(twice.unmapEntire(P));
    }

    @Test
    void without_page_counts_a_partial_unmap_of_a_shared_folio_goes_unnoticed() {
        bare.map(P, 0, 16);
        bare.fork(P, A);
        assertFalse(bare.unmap(P, 0, 8));
        assertFalse(bare.unmap(A, 0, 8));
        assertEquals(8, bare.unmappedPages());
        assertTrue(bare.unmap(A, 8, 1));
    }

    @Test
    void without_page_counts_proc_shows_rounded_averages() {
        bare.map(P, 0, 16);
        assertEquals(1, withoutPageCounts.reportedMapcount(bare, 0));
        assertTrue(withoutPageCounts.reportedExclusive(bare, 0));
        bare.map(A, 0, 7);
        assertEquals(1, withoutPageCounts.reportedMapcount(bare, 0));
        assertFalse(withoutPageCounts.reportedExclusive(bare, 0));
        bare.map(A, 7, 1);
        assertEquals(2, withoutPageCounts.reportedMapcount(bare, 15));
        assertEquals(2, withoutPageCounts.pssDivisor(bare, 15));
        bare.mapEntire(B);
        assertEquals(3, withoutPageCounts.reportedMapcount(bare, 15));
    }

    @Test
    void without_page_counts_a_folio_mapped_at_all_shows_at_least_one_mapping() {
        bare.map(P, 0, 1);
        assertEquals(1, withoutPageCounts.reportedMapcount(bare, 15));
        bare.exit(P);
        assertEquals(0, withoutPageCounts.reportedMapcount(bare, 15));
        bare.mapEntire(P);
        assertEquals(1, withoutPageCounts.reportedMapcount(bare, 15));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_reverse_map_is_never_walked(boolean pageCounts) {
        MmIdScheme any = new MmIdScheme(pageCounts);
        FakeLargeFolio some = new FakeLargeFolio(4, any);
        some.map(P, 0, 16);
        some.fork(P, A);
        assertTrue(any.maybeMappedShared(some));
        assertFalse(any.isExclusiveTo(some, P));
        assertEquals(0, some.walks());
        assertEquals(pageCounts ? 1 : 0, any.counters().intsPerPage());
    }
}

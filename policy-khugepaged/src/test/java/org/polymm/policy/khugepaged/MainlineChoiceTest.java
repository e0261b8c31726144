package org.polymm.policy.khugepaged;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.polymm.api.OrderSet;
import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseCandidate.EntryKind;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.testkit.fake.FakeCandidate;
import org.polymm.testkit.fake.FakeThp;
import org.polymm.testkit.fake.FakeVma;

class MainlineChoiceTest {

    private static final FakeThp THP = FakeThp.of(9).limits(511, 64, 256);
    private static final FakeVma ANON = FakeVma.anonymous(0x200, 0x400).withAnonVma(true);
    private static final FakeVma FILE = FakeVma.file(0x200, 0x400).shared(true);

    private final MainlineChoice choice = new MainlineChoice(false);

    @Test
    void a_range_of_ordinary_young_pages_is_collapsed_to_the_pmd_order() {
        assertEquals(new CollapseDecision.Collapse(9), choice.choose(FakeCandidate.of(ANON, THP)));
        assertEquals(new CollapseDecision.Collapse(9), choice.choose(FakeCandidate.of(FILE, THP)));
        assertEquals(new CollapseDecision.Collapse(3), choice.choose(FakeCandidate.of(ANON, FakeThp.of(3))));
    }

    @Test
    void a_vma_that_allows_no_huge_folio_is_skipped() {
        expect(ScanResult.VMA_CHECK, FakeCandidate.of(ANON, THP).allowedOrders(OrderSet.of(4)));
    }

    @ParameterizedTest(name = "{0} {1} of at most {2}")
    @CsvSource({
        "NONE,      511, 511, SUCCEED,         SUCCEED",
        "NONE,        1,   0, EXCEED_NONE_PTE, SUCCEED",
        "ZERO_PAGE,   8,   8, SUCCEED,         SUCCEED",
        "ZERO_PAGE,   9,   8, EXCEED_NONE_PTE, SUCCEED",
        "SWAP,       64,  64, SUCCEED,         SUCCEED",
        "SWAP,       65,  64, EXCEED_SWAP_PTE, SUCCEED",
        "MIGRATION,   1,   0, EXCEED_SWAP_PTE, SUCCEED",
        "NO_PAGE,     1,   0, PAGE_NULL,       PAGE_NULL",
        "FILE,        1,   0, PAGE_ANON,       PAGE_ANON",
        "KSM,         3,   0, SUCCEED,         SUCCEED",
        "HUGE,        1,   0, PMD_MAPPED,      PMD_MAPPED",
    })
    void entries_are_limited_for_khugepaged_and_not_for_madvise(
            EntryKind kind, int count, int limit, ScanResult khugepaged, ScanResult madvise) {
        FakeThp thp = FakeThp.of(9).limits(limit, limit, 256);
        expect(khugepaged, FakeCandidate.of(ANON, thp).entries(1, count, kind));
        expect(madvise, FakeCandidate.of(ANON, thp).entries(1, count, kind).forced(true));
    }

    @Test
    void holes_are_not_allowed_where_userfaultfd_is_armed_not_even_by_madvise() {
        FakeVma armed = FakeVma.anonymous(0x200, 0x400).uffdMissing(true);
        expect(
                ScanResult.EXCEED_NONE_PTE,
                FakeCandidate.of(armed, THP).entries(7, 1, EntryKind.NONE).forced(true));
        expect(ScanResult.SUCCEED, FakeCandidate.of(armed, THP).forced(true));
    }

    @Test
    void on_the_last_look_what_is_not_present_is_in_the_way_of_madvise_too() {
        expect(
                ScanResult.PTE_NON_PRESENT,
                FakeCandidate.of(ANON, THP).entries(5, 1, EntryKind.SWAP).lastLook(true));
        expect(
                ScanResult.PTE_NON_PRESENT,
                FakeCandidate.of(ANON, THP)
                        .entries(5, 1, EntryKind.SWAP)
                        .lastLook(true)
                        .forced(true));
    }

    @Test
    void on_the_last_look_folios_are_locked_before_they_are_taken_off_the_lru() {
        expect(ScanResult.PAGE_LRU, FakeCandidate.of(ANON, THP).locked(5).offLru(5));
        expect(
                ScanResult.PAGE_LOCK,
                FakeCandidate.of(ANON, THP).locked(5).offLru(5).lastLook(true));
        expect(ScanResult.DEL_PAGE_LRU, FakeCandidate.of(ANON, THP).offLru(5).lastLook(true));
    }

    @Test
    void write_protection_by_userfaultfd_stops_the_scan_in_present_and_in_swap_entries() {
        expect(ScanResult.PTE_UFFD_WP, FakeCandidate.of(ANON, THP).writeProtected(5));
        expect(
                ScanResult.PTE_UFFD_WP,
                FakeCandidate.of(ANON, THP).entries(5, 1, EntryKind.SWAP).writeProtected(5));
        expect(
                ScanResult.PTE_UFFD_WP,
                FakeCandidate.of(ANON, THP)
                        .entries(5, 1, EntryKind.MARKER)
                        .writeProtected(5)
                        .forced(true));
    }

    @Test
    void a_swap_entry_over_the_limit_counts_before_its_write_protection() {
        FakeThp none = FakeThp.of(9).limits(511, 0, 256);
        FakeCandidate candidate =
                FakeCandidate.of(ANON, none).entries(5, 1, EntryKind.SWAP).writeProtected(5);
        expect(ScanResult.EXCEED_SWAP_PTE, candidate);
        expect(ScanResult.PTE_UFFD_WP, candidate.forced(true));
    }

    @Test
    void shared_pages_are_limited_for_khugepaged() {
        expect(ScanResult.SUCCEED, FakeCandidate.of(ANON, THP).shared(0, 256));
        expect(ScanResult.EXCEED_SHARED_PTE, FakeCandidate.of(ANON, THP).shared(0, 257));
        expect(ScanResult.SUCCEED, FakeCandidate.of(ANON, THP).shared(0, 512).forced(true));
    }

    @Test
    void a_page_off_the_lru_locked_or_referenced_stops_the_scan_in_that_order() {
        expect(ScanResult.PAGE_LRU, FakeCandidate.of(ANON, THP).offLru(3));
        expect(ScanResult.PAGE_LOCK, FakeCandidate.of(ANON, THP).locked(3));
        expect(ScanResult.PAGE_COUNT, FakeCandidate.of(ANON, THP).referenced(3));
        expect(
                ScanResult.PAGE_LRU,
                FakeCandidate.of(ANON, THP).offLru(3).locked(3).referenced(3));
        expect(ScanResult.PAGE_LOCK, FakeCandidate.of(ANON, THP).locked(3).referenced(3));
        expect(ScanResult.PAGE_COUNT, FakeCandidate.of(ANON, THP).referenced(3).locked(4));
    }

    @Test
    void sharing_is_counted_before_the_state_of_the_page_is_looked_at() {
        FakeThp none = FakeThp.of(9).limits(511, 64, 0);
        expect(
                ScanResult.EXCEED_SHARED_PTE,
                FakeCandidate.of(ANON, none).shared(3, 1).offLru(3));
    }

    @Test
    void the_first_entry_in_the_way_decides() {
        expect(ScanResult.PAGE_LOCK, FakeCandidate.of(ANON, THP).locked(10).entries(11, 1, EntryKind.NO_PAGE));
        expect(ScanResult.PAGE_NULL, FakeCandidate.of(ANON, THP).locked(12).entries(11, 1, EntryKind.NO_PAGE));
    }

    @Test
    void khugepaged_wants_one_young_page_and_half_of_them_if_any_was_swapped_out() {
        expect(ScanResult.LACK_REFERENCED_PAGE, FakeCandidate.of(ANON, THP).old(0, 512));
        expect(ScanResult.SUCCEED, FakeCandidate.of(ANON, THP).old(0, 511));
        expect(
                ScanResult.LACK_REFERENCED_PAGE,
                FakeCandidate.of(ANON, THP).old(0, 257).entries(0, 1, EntryKind.SWAP));
        expect(ScanResult.SUCCEED, FakeCandidate.of(ANON, THP).old(0, 256).entries(0, 1, EntryKind.SWAP));
        expect(ScanResult.SUCCEED, FakeCandidate.of(ANON, THP).old(0, 512).forced(true));
    }

    @Test
    void a_file_range_wants_as_many_present_pages_as_max_ptes_none_leaves() {
        FakeThp thp = FakeThp.of(9).limits(8, 64, 256);
        expect(ScanResult.SUCCEED, FakeCandidate.of(FILE, thp).entries(0, 8, EntryKind.NONE));
        expect(ScanResult.EXCEED_NONE_PTE, FakeCandidate.of(FILE, thp).entries(0, 9, EntryKind.NONE));
        expect(
                ScanResult.SUCCEED,
                FakeCandidate.of(FILE, thp).entries(0, 9, EntryKind.NONE).forced(true));
    }

    @Test
    void a_file_range_counts_swapped_slots_and_stops_at_a_huge_folio_or_a_page_in_use() {
        expect(ScanResult.SUCCEED, FakeCandidate.of(FILE, THP).entries(0, 64, EntryKind.SWAP));
        expect(ScanResult.EXCEED_SWAP_PTE, FakeCandidate.of(FILE, THP).entries(0, 65, EntryKind.SWAP));
        expect(ScanResult.PTE_MAPPED_HUGEPAGE, FakeCandidate.of(FILE, THP).entries(0, 1, EntryKind.HUGE));
        expect(ScanResult.PAGE_LRU, FakeCandidate.of(FILE, THP).offLru(1));
        expect(ScanResult.PAGE_COUNT, FakeCandidate.of(FILE, THP).referenced(1));
        expect(ScanResult.SUCCEED, FakeCandidate.of(FILE, THP).locked(1).old(0, 512));
    }

    private void expect(ScanResult expected, FakeCandidate candidate) {
        ScanResult result =
                choice.choose(candidate) instanceof CollapseDecision.Skip skip ? skip.reason() : ScanResult.SUCCEED;
        assertEquals(expected, result);
    }

    // ---- smaller orders

    private static final OrderSet SMALLER = OrderSet.of(4, 6, 9);
    private static final FakeThp FEW_HOLES = FakeThp.of(9).limits(64, 64, 256);

    private static CollapseDecision withSmaller(FakeCandidate candidate) {
        return new MainlineChoice(true).choose(candidate);
    }

    /** The first entries are there, the rest of the range is not. */
    private static FakeCandidate present(int pages) {
        return FakeCandidate.of(ANON, FEW_HOLES)
                .entries(pages, 512 - pages, EntryKind.NONE)
                .allowedOrders(SMALLER);
    }

    @Test
    void smaller_orders_are_an_option() {
        assertEquals(new CollapseDecision.Skip(ScanResult.EXCEED_NONE_PTE), choice.choose(present(100)));
        assertEquals(new CollapseDecision.Collapse(6), withSmaller(present(100)));
        assertEquals(
                new CollapseDecision.Collapse(9),
                withSmaller(FakeCandidate.of(ANON, THP).allowedOrders(SMALLER)));
    }

    @Test
    void the_largest_order_of_which_a_piece_passes_is_taken_and_limits_are_scaled() {
        // 64 holes of 512 pages are 8 of 64 and 2 of 16
        assertEquals(new CollapseDecision.Collapse(6), withSmaller(present(56)));
        assertEquals(new CollapseDecision.Collapse(4), withSmaller(present(55)));
        assertEquals(new CollapseDecision.Collapse(4), withSmaller(present(14)));
        assertEquals(new CollapseDecision.Skip(ScanResult.EXCEED_NONE_PTE), withSmaller(present(13)));
    }

    @Test
    void an_order_that_is_not_enabled_is_not_taken() {
        assertEquals(new CollapseDecision.Collapse(4), withSmaller(present(100).allowedOrders(OrderSet.of(4, 9))));
        assertEquals(
                new CollapseDecision.Skip(ScanResult.EXCEED_NONE_PTE),
                withSmaller(present(100).allowedOrders(OrderSet.of(9))));
    }

    @Test
    void what_is_as_large_already_or_not_present_is_left_alone() {
        assertEquals(new CollapseDecision.Collapse(4), withSmaller(present(64).folioOrder(0, 16, 6)));
        assertEquals(
                new CollapseDecision.Skip(ScanResult.EXCEED_NONE_PTE),
                withSmaller(present(16).folioOrder(0, 16, 4)));
        assertEquals(
                new CollapseDecision.Skip(ScanResult.EXCEED_NONE_PTE),
                withSmaller(present(16).entries(3, 1, EntryKind.SWAP)));
    }

    @Test
    void a_piece_is_judged_by_itself() {
        assertEquals(
                new CollapseDecision.Collapse(4),
                withSmaller(FakeCandidate.of(ANON, FEW_HOLES).piece(4)));
        assertEquals(
                new CollapseDecision.Skip(ScanResult.PAGE_COUNT),
                withSmaller(FakeCandidate.of(ANON, FEW_HOLES).piece(4).referenced(15)));
        assertEquals(
                new CollapseDecision.Collapse(4),
                withSmaller(FakeCandidate.of(ANON, FEW_HOLES).piece(4).referenced(16)));
    }

    @Test
    void madvise_collapses_around_what_is_in_the_way_but_fills_no_empty_piece() {
        FakeCandidate pinned = FakeCandidate.of(ANON, FEW_HOLES)
                .referenced(100)
                .entries(256, 256, EntryKind.NONE)
                .allowedOrders(SMALLER)
                .forced(true);
        assertEquals(new CollapseDecision.Skip(ScanResult.PAGE_COUNT), choice.choose(pinned));
        assertEquals(new CollapseDecision.Collapse(6), withSmaller(pinned));
        assertEquals(
                new CollapseDecision.Skip(ScanResult.EXCEED_NONE_PTE),
                withSmaller(FakeCandidate.of(ANON, FEW_HOLES)
                        .entries(0, 512, EntryKind.NONE)
                        .piece(4)
                        .forced(true)));
    }
}

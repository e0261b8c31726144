package org.polymm.policy.cow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.cow.CowSizingPolicy.Orders;
import org.polymm.api.cow.RaceDecision;
import org.polymm.api.cow.Unpopulated;
import org.polymm.testkit.fake.FakeAnonFault;
import org.polymm.testkit.fake.FakeThp;
import org.polymm.testkit.fake.FakeVma;

class OrdersTest {

    private static final FakeVma BIG = FakeVma.anonymous(0x200, 0x800);
    private static final FakeThp ALL = FakeThp.of(9).always(2, 3, 4, 5, 6, 7, 8, 9);
    private static final FakeThp NONE = FakeThp.of(9);

    private final Orders mthp = new MthpOrders();
    private final Orders pmdOnly = new PmdOnlyOrders();
    private final Orders ryan1 = new DescendingFitOrders(4, 2, true, false, true);
    private final Orders ryan2 = new DescendingFitOrders(4, 2, false, false, true);
    private final Orders rfc2 = new DescendingFitOrders(4, 2, true, true, true);
    private final Orders yu = new PreferredOrBasePageOrders(4);

    @ParameterizedTest(name = "48 KiB from 0x10, fault at {0}")
    @CsvSource({
        // page, mthp with everything enabled, descending from 4, preferred 4
        "0x10, 3, 3, 0",
        "0x17, 3, 3, 0",
        "0x18, 2, 2, 0",
        "0x1b, 2, 2, 0",
    })
    void at_the_end_of_a_vma_the_largest_aligned_order_fits(String page, int all, int descending, int preferred) {
        FakeAnonFault fault = FakeAnonFault.of(FakeVma.anonymous(0x10, 0x1c), Long.decode(page))
                .thp(ALL);
        assertEquals(all, firstTried(mthp, fault));
        assertEquals(descending, firstTried(ryan1, fault));
        assertEquals(descending, firstTried(ryan2, fault));
        assertEquals(preferred, firstTried(yu, fault));
        assertEquals(0, firstTried(new BasePageOrders(), fault));
    }

    @Test
    void two_pages_are_never_one_folio() {
        FakeAnonFault fault =
                FakeAnonFault.of(FakeVma.anonymous(0x10, 0x12), 0x10).thp(ALL);
        for (Orders policy : List.of(mthp, pmdOnly, ryan1, ryan2, yu, new FixedSetOrders(OrderSet.upTo(9), false))) {
            assertEquals(0, firstTried(policy, fault));
        }
    }

    @Test
    void memory_with_blocks_up_to_order_2_only() {
        FakeAnonFault fault = FakeAnonFault.of(BIG, 0x210).thp(NONE).withPageTable(true);
        assertEquals(List.of(4, 3, 2), tried(ryan1, fault, 2));
        assertEquals(List.of(4, 0), tried(ryan2, fault, 2));
        assertEquals(List.of(4, 0), tried(yu, fault, 2));
        assertEquals(
                List.of(4, 2),
                tried(mthp, FakeAnonFault.of(BIG, 0x210).thp(FakeThp.of(9).always(2, 4)), 2));
        assertEquals(List.of(0), tried(mthp, fault, 2));
        assertEquals(List.of(5, 2), tried(new FixedSetOrders(OrderSet.of(2, 5), false), fault, 2));
    }

    @Test
    void a_pmd_sized_folio_goes_by_its_setting_and_falls_back_to_the_policys_own_orders() {
        FakeAnonFault enabled = FakeAnonFault.of(BIG, 0x210).thp(FakeThp.of(9).always(9));
        assertEquals(List.of(9, 4), tried(ryan1, enabled, 4));
        assertEquals(List.of(9, 4), tried(ryan2, enabled, 4));
        assertEquals(List.of(9, 4), tried(yu, enabled, 4));
        assertEquals(List.of(9, 0), tried(pmdOnly, enabled, 4));
        assertEquals(List.of(4), tried(ryan1, FakeAnonFault.of(BIG, 0x210).thp(NONE), 4));
        assertEquals(List.of(0), tried(pmdOnly, FakeAnonFault.of(BIG, 0x210).thp(NONE), 4));
    }

    @Test
    void no_proposal_makes_a_folio_of_pmd_size_by_its_own_maximum() {
        Orders large = new DescendingFitOrders(10, 2, true, false, true);
        assertEquals(8, firstTried(large, FakeAnonFault.of(BIG, 0x210).thp(NONE)));
        assertEquals(2, firstTried(large, FakeAnonFault.of(BIG, 0x210).thp(FakeThp.of(3))));
        assertEquals(
                0,
                firstTried(
                        new PreferredOrBasePageOrders(9),
                        FakeAnonFault.of(BIG, 0x210).thp(NONE)));
    }

    @Test
    void madvise_decides_where_the_setting_says_so() {
        FakeThp madvise = FakeThp.of(9).madvise(4);
        FakeVma hinted = FakeVma.anonymous(0x200, 0x800).wantsHugePages(true);
        FakeVma refusing = FakeVma.anonymous(0x200, 0x800).refusesHugePages(true);
        assertEquals(4, firstTried(mthp, FakeAnonFault.of(hinted, 0x210).thp(madvise)));
        assertEquals(0, firstTried(mthp, FakeAnonFault.of(BIG, 0x210).thp(madvise)));
        assertEquals(0, firstTried(mthp, FakeAnonFault.of(refusing, 0x210).thp(ALL)));
        assertEquals(0, firstTried(ryan1, FakeAnonFault.of(refusing, 0x210).thp(ALL)));
        Orders heedless = new DescendingFitOrders(4, 2, true, false, false);
        assertEquals(4, firstTried(heedless, FakeAnonFault.of(refusing, 0x210).thp(ALL)));
        Orders fixed = new FixedSetOrders(OrderSet.of(4), false);
        assertEquals(4, firstTried(fixed, FakeAnonFault.of(BIG, 0x210).thp(NONE)));
        assertEquals(0, firstTried(fixed, FakeAnonFault.of(refusing, 0x210).thp(ALL)));
    }

    @Test
    void a_vma_armed_for_userfaultfd_gets_base_pages() {
        FakeVma armed = FakeVma.anonymous(0x200, 0x800).uffdMissing(true);
        for (Orders policy : List.of(mthp, pmdOnly, ryan1, yu, new FixedSetOrders(OrderSet.of(4), false))) {
            assertEquals(0, firstTried(policy, FakeAnonFault.of(armed, 0x210).thp(ALL)));
        }
    }

    @Test
    void a_write_to_a_zero_page_gets_a_base_page_unless_zero_pages_count_as_free() {
        FakeAnonFault fault = FakeAnonFault.of(BIG, 0x210)
                .kind(AnonFaultKind.ZERO_PAGE_WRITE)
                .thp(ALL)
                .withPageTable(true);
        for (Orders policy : List.of(mthp, pmdOnly, ryan1, ryan2, yu, new FixedSetOrders(OrderSet.of(4), false))) {
            assertEquals(0, firstTried(policy, fault));
            assertSame(Unpopulated.NONE_ENTRIES, policy.unpopulated(fault));
        }
        for (Orders policy : List.of(rfc2, new FixedSetOrders(OrderSet.of(4), true))) {
            assertEquals(4, firstTried(policy, fault));
            assertSame(Unpopulated.NONE_OR_ZERO_PAGE, policy.unpopulated(fault));
        }
    }

    @Test
    void a_write_to_the_huge_zero_page_gets_a_huge_folio() {
        FakeAnonFault fault =
                FakeAnonFault.of(BIG, 0x210).kind(AnonFaultKind.ZERO_PAGE_WRITE).thp(NONE);
        for (Orders policy : List.of(mthp, pmdOnly, ryan1, yu)) {
            assertEquals(9, firstTried(policy, fault));
        }
        assertEquals(0, firstTried(new BasePageOrders(), fault));
    }

    @Test
    void a_lost_race_is_over_in_mainline_and_retried_in_the_proposals() {
        FakeAnonFault fault = FakeAnonFault.of(BIG, 0x210).thp(ALL);
        assertSame(RaceDecision.RELEASE, mthp.afterLostRace(fault, 4));
        assertSame(RaceDecision.RETRY_SMALLER, ryan1.afterLostRace(fault, 4));
        assertSame(RaceDecision.RETRY_SMALLER, ryan2.afterLostRace(fault, 4));
        assertSame(RaceDecision.RETRY_BASE_PAGE, yu.afterLostRace(fault, 4));
        assertSame(RaceDecision.RELEASE, ryan1.afterLostRace(fault, 9));
        assertSame(RaceDecision.RELEASE, yu.afterLostRace(fault, 9));
    }

    private static int firstTried(Orders policy, FakeAnonFault fault) {
        return policy.candidates(fault).and(fault.fittingOrders()).with(0).highest();
    }

    /** The orders asked of an allocator that has none above the largest. */
    private static List<Integer> tried(Orders policy, FakeAnonFault fault, int largest) {
        List<Integer> tried = new ArrayList<>();
        OrderSet candidates = policy.candidates(fault).and(fault.fittingOrders());
        while (true) {
            int order = candidates.with(0).highest();
            tried.add(order);
            if (order <= largest) {
                return tried;
            }
            candidates = policy.afterAllocationFailure(fault, order, candidates.below(order));
        }
    }
}

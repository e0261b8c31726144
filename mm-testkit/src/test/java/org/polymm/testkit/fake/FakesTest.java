package org.polymm.testkit.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.polymm.api.OrderSet;
import org.polymm.api.StateScope;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.view.MappingLevel;

/** The fakes that compute something, compute it as the engine's documentation says. */
class FakesTest {

    @ParameterizedTest(name = "VMA [{0}, {1}), fault at {2}")
    @CsvSource({
        "0x10,  0x1c,  0x10,  false, '0,2,3'",
        "0x10,  0x1c,  0x18,  false, '0,2'",
        "0x10,  0x12,  0x10,  false, '0'",
        "0x200, 0x400, 0x2ff, false, '0,2,3,4,5,6,7,8,9'",
        "0x200, 0x400, 0x2ff, true,  '0,2,3,4,5,6,7,8'",
        "0x1ff, 0x400, 0x1ff, false, '0'",
    })
    void orders_fit_where_their_aligned_range_lies_in_the_vma(
            String start, String end, String page, boolean pageTable, String orders) {
        FakeVma vma = FakeVma.anonymous(Long.decode(start), Long.decode(end));
        OrderSet expected = OrderSet.NONE;
        for (String order : orders.split(",", -1)) {
            expected = expected.with(Integer.parseInt(order));
        }
        assertSame(
                expected,
                FakeAnonFault.of(vma, Long.decode(page))
                        .withPageTable(pageTable)
                        .fittingOrders());
    }

    @Test
    void only_base_pages_fit_where_userfaultfd_is_armed() {
        FakeVma vma = FakeVma.anonymous(0x200, 0x400).uffdWriteProtect(true);
        assertSame(OrderSet.BASE_PAGE, FakeAnonFault.of(vma, 0x200).fittingOrders());
    }

    @Test
    void a_fault_outside_its_vma_is_no_fault() {
        assertThrows(IllegalArgumentException.class, () -> FakeAnonFault.of(FakeVma.anonymous(0x200, 0x400), 0x400));
        assertThrows(IllegalArgumentException.class, () -> FakeVma.anonymous(5, 5));
    }

    @Test
    void settings_enable_orders_by_vma() {
        FakeThp thp = FakeThp.of(9).always(4).madvise(2, 9);
        FakeVma vma = FakeVma.anonymous(0, 16);
        assertSame(OrderSet.of(4), thp.enabledOrders(vma));
        assertSame(OrderSet.of(2, 4, 9), thp.enabledOrders(vma.wantsHugePages(true)));
        assertSame(OrderSet.NONE, thp.enabledOrders(vma.refusesHugePages(true)));
    }

    @Test
    void the_default_limits_of_khugepaged_follow_the_page_table() {
        assertEquals(511, FakeThp.of(9).maxPtesNone());
        assertEquals(64, FakeThp.of(9).maxPtesSwap());
        assertEquals(256, FakeThp.of(9).maxPtesShared());
        assertEquals(7, FakeThp.of(3).maxPtesNone());
    }

    @Test
    void a_write_fault_runs_over_its_folio_and_refuses_to_look_beyond() {
        FakeWriteFault fault = FakeWriteFault.of(FakeVma.anonymous(0x200, 0x400), FakeFolio.ofOrder(4), 0x205, 5)
                .exclusive(2, 2);
        assertEquals(5, fault.runBefore());
        assertEquals(10, fault.runAfter());
        assertTrue(fault.isExclusive(2) && fault.isExclusive(3));
        assertFalse(fault.isExclusive(1) || fault.isExclusive(4));
        assertThrows(IndexOutOfBoundsException.class, () -> fault.isExclusive(11));
        assertThrows(IndexOutOfBoundsException.class, () -> fault.isExclusive(-6));
        assertEquals(0, fault.level(MappingLevel.PMD).runAfter());
    }

    @Test
    void a_batch_of_mlocks_walk_knows_where_its_folio_lies() {
        FakeVma vma = FakeVma.anonymous(0x100, 0x120);
        FakeMlockWalk walk = FakeMlockWalk.of(vma, FakeFolio.ofOrder(4))
                .page(0x108)
                .firstPageInFolio(8)
                .batchPages(8);
        assertEquals(0x100, walk.folioFirstPage());
        assertTrue(walk.isFolioInsideVma() && walk.isFolioInsideSegment());
        assertFalse(walk.segment(0x104, 0x120).isFolioInsideSegment());
        assertFalse(walk.page(0x11c).isFolioInsideVma());
    }

    @Test
    void memory_of_one_scope_is_one_row_and_can_be_shared() {
        FakeMemory memory = new FakeMemory();
        FakeVma vma = FakeVma.anonymous(0x200, 0x400);
        FakeAnonFault.of(vma, 0x200).memory(memory).memory(StateScope.VMA).set(3, 77);
        assertEquals(
                77,
                FakeAnonFault.of(vma, 0x300)
                        .memory(memory)
                        .memory(StateScope.VMA)
                        .get(3));
        assertEquals(
                0,
                FakeAnonFault.of(vma, 0x300)
                        .memory(memory)
                        .memory(StateScope.MM)
                        .get(3));
        assertThrows(
                IndexOutOfBoundsException.class, () -> memory.of(StateScope.MM).get(FakeMemory.SLOTS));
    }

    @Test
    void facts_that_cost_are_counted() {
        FakeDeferredScan scan = FakeDeferredScan.of(FakeFolio.ofOrder(4), DeferredReason.PARTIALLY_MAPPED)
                .unmappedPages(3)
                .crossesVmaEdge(true);
        assertEquals(0, scan.rmapWalks());
        assertEquals(3, scan.unmappedPages());
        assertTrue(scan.crossesVmaEdge());
        assertEquals(1, scan.rmapWalks(), "one walk a scan");
        assertEquals(0, scan.zeroFilledPages());
        assertEquals(1, scan.contentScans());
        FakeBoundaryEvent event = FakeBoundaryEvent.of(FakeVma.anonymous(0, 8), FakeFolio.ofOrder(4));
        assertEquals(8, event.pagesMappedHere());
        assertEquals(1, event.walks());
    }
}

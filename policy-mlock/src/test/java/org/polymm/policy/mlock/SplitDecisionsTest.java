package org.polymm.policy.mlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.QueueDecision;
import org.polymm.api.split.ScanDecision;
import org.polymm.api.split.SplitPlan;
import org.polymm.testkit.fake.FakeBoundaryEvent;
import org.polymm.testkit.fake.FakeDeferredCandidate;
import org.polymm.testkit.fake.FakeDeferredScan;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeLongTermPin;
import org.polymm.testkit.fake.FakeReclaimPick;
import org.polymm.testkit.fake.FakeThp;
import org.polymm.testkit.fake.FakeVma;

class SplitDecisionsTest {

    private final MainlineDeferred deferred = new MainlineDeferred();

    @ParameterizedTest(name = "queued {0}, flagged partially mapped {1}, mapped by a PMD {2}")
    @CsvSource(textBlock = """
        # queued, flagged, by PMD,   partially-mapped, on-deferred, any-pte-mapped
        false,    false,   false,    KEEP,             KEEP,        SPLIT
        false,    false,   true,     KEEP,             KEEP,        KEEP
        true,     false,   false,    KEEP,             SPLIT,       SPLIT
        true,     false,   true,     KEEP,             SPLIT,       KEEP
        true,     true,    false,    SPLIT,            SPLIT,       SPLIT
        true,     true,    true,     SPLIT,            SPLIT,       KEEP
        false,    true,    false,    KEEP,             KEEP,        SPLIT
        """)
    void reclaim_splits_by_its_era(
            boolean queued,
            boolean flagged,
            boolean byPmd,
            SplitPlan.Action since612,
            SplitPlan.Action since610,
            SplitPlan.Action to69) {
        FakeReclaimPick pick = FakeReclaimPick.of(FakeFolio.ofOrder(9)
                .onDeferredQueue(queued)
                .partiallyMapped(flagged)
                .entireMapcount(byPmd ? 1 : 0));
        assertEquals(since612, action(new SplitPartiallyMapped().onPick(pick)));
        assertEquals(since610, action(new SplitOnDeferred().onPick(pick)));
        assertEquals(to69, action(new SplitAnyPteMapped().onPick(pick)));
    }

    private static SplitPlan.Action action(SplitPlan plan) {
        assertEquals(1, plan.steps().size());
        return plan.steps().getFirst().action();
    }

    @ParameterizedTest(name = "a folio of order {1}, {0}, shrink_underused {2}")
    @CsvSource({
        "PARTIALLY_MAPPED, 4, false, QUEUE",
        "PARTIALLY_MAPPED, 9, true,  QUEUE",
        "PARTIALLY_MAPPED, 1, true,  IGNORE",
        "MAYBE_UNDERUSED,  9, true,  QUEUE",
        "MAYBE_UNDERUSED,  9, false, IGNORE",
        "PTE_MAPPED,       9, true,  IGNORE",
        "POLICY,           4, false, QUEUE",
    })
    void the_queue_takes_what_should_or_may_be_split(
            DeferredReason reason, int order, boolean shrinkUnderused, QueueDecision expected) {
        assertEquals(
                expected,
                deferred.onCandidate(FakeDeferredCandidate.of(FakeFolio.ofOrder(order), reason)
                        .thp(FakeThp.of(9).shrinkUnderused(shrinkUnderused))));
    }

    @Test
    void the_queue_takes_neither_file_folios_nor_what_is_in_the_swap_cache() {
        DeferredReason reason = DeferredReason.PARTIALLY_MAPPED;
        assertEquals(
                QueueDecision.IGNORE,
                deferred.onCandidate(
                        FakeDeferredCandidate.of(FakeFolio.ofOrder(4).anon(false), reason)));
        assertEquals(
                QueueDecision.IGNORE,
                deferred.onCandidate(
                        FakeDeferredCandidate.of(FakeFolio.ofOrder(4).inSwapCache(true), reason)));
    }

    @ParameterizedTest(name = "max_ptes_none {0}, {1} zero pages, mlocked {2}")
    @CsvSource({
        "0,   0,   false, DROP",
        "0,   1,   false, SPLIT",
        "0,   1,   true,  DROP",
        "255, 255, false, DROP",
        "255, 256, false, SPLIT",
        "511, 512, false, DROP",
    })
    void the_scan_splits_a_suspect_that_is_mostly_zero(
            int maxPtesNone, int zeroPages, boolean mlocked, ScanDecision expected) {
        FakeDeferredScan scan = FakeDeferredScan.of(
                        FakeFolio.ofOrder(9).onDeferredQueue(true).mlocked(mlocked), DeferredReason.MAYBE_UNDERUSED)
                .thp(FakeThp.of(9).limits(maxPtesNone, 64, 256))
                .zeroFilledPages(zeroPages);
        assertEquals(expected, deferred.onScan(scan));
    }

    @Test
    void the_scan_does_not_look_at_contents_when_no_number_of_zero_pages_would_do() {
        FakeDeferredScan scan = FakeDeferredScan.of(FakeFolio.ofOrder(9), DeferredReason.MAYBE_UNDERUSED)
                .zeroFilledPages(512);
        assertEquals(ScanDecision.DROP, deferred.onScan(scan));
        assertEquals(0, scan.contentScans());
    }

    @Test
    void the_scan_splits_a_partially_mapped_folio_without_an_rmap_walk_even_if_mlocked() {
        FakeDeferredScan scan = FakeDeferredScan.of(
                FakeFolio.ofOrder(4).partiallyMapped(true).mlocked(true), DeferredReason.PARTIALLY_MAPPED);
        assertEquals(ScanDecision.SPLIT, deferred.onScan(scan));
        assertEquals(0, scan.rmapWalks());
        assertEquals(0, scan.contentScans());
    }

    @Test
    void the_scan_splits_what_a_boundary_plan_deferred() {
        assertEquals(
                ScanDecision.SPLIT, deferred.onScan(FakeDeferredScan.of(FakeFolio.ofOrder(4), DeferredReason.POLICY)));
    }

    @ParameterizedTest
    @EnumSource(BoundaryKind.class)
    void mainline_keeps_a_folio_whole_at_every_boundary_without_a_look_at_entries(BoundaryKind kind) {
        FakeBoundaryEvent event = FakeBoundaryEvent.of(FakeVma.anonymous(0x100, 0x108), FakeFolio.ofOrder(4))
                .kind(kind)
                .partiallyMappedByScheme(true);
        assertSame(SplitPlan.keep(), new KeepBoundary().onBoundary(event));
        assertEquals(0, event.walks());
    }

    @Test
    void mainline_pins_a_folio_as_it_is() {
        FakeLongTermPin pin = FakeLongTermPin.of(FakeVma.anonymous(0x200, 0x400), FakeFolio.ofOrder(9));
        assertTrue(new KeepPin().onLongTermPin(pin).isKeep());
    }
}

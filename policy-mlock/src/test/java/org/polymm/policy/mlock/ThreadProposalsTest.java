package org.polymm.policy.mlock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.QueueDecision;
import org.polymm.api.split.ScanDecision;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.split.SplitPlan.Action;
import org.polymm.api.split.SplitPlan.UnshareCheck;
import org.polymm.api.split.SplitPlan.UnshareReach;
import org.polymm.testkit.PolicyUnderTest;
import org.polymm.testkit.fake.FakeBoundaryEvent;
import org.polymm.testkit.fake.FakeDeferredCandidate;
import org.polymm.testkit.fake.FakeDeferredScan;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeLongTermPin;
import org.polymm.testkit.fake.FakeVma;

/** What Matthew Wilcox and David Hildenbrand proposed in the thread. */
class ThreadProposalsTest {

    private static final FakeVma PARENT = FakeVma.anonymous(0x100, 0x108);
    private static final FakeVma CHILD = FakeVma.anonymous(0x100, 0x108).forkChild(true);

    private static FakeBoundaryEvent cut(FakeFolio folio) {
        return FakeBoundaryEvent.of(PARENT, folio).cause(BoundaryCause.MLOCK);
    }

    @ParameterizedTest(name = "if a split fails: {0}")
    @CsvSource({
        "keep,            SPLIT else KEEP",
        "defer,           SPLIT else DEFER",
        "copy-if-shared,  SPLIT else UNSHARE else DEFER",
        "share-then-copy, SPLIT else UNSHARE else DEFER",
        "eagain,          SPLIT else FAIL",
    })
    void a_folio_that_would_cross_is_split_or_else_goes_the_configured_way(String choice, String plan) {
        assertEquals(
                plan,
                boundarySplit(choice).onBoundary(cut(FakeFolio.ofOrder(4))).toString());
    }

    @Test
    void a_split_is_tried_as_often_as_configured_before_the_copy() {
        SplitPlan plan = boundarySplit("share-then-copy").onBoundary(cut(FakeFolio.ofOrder(4)));

        assertEquals(3, plan.steps().getFirst().attempts());
        assertSame(UnshareReach.VMA, plan.steps().get(1).reach());
        assertSame(UnshareCheck.SHARE_THEN_COPY, plan.steps().get(1).check());
    }

    @Test
    void copying_if_shared_never_touches_an_exclusive_page() {
        SplitPlan plan = boundarySplit("copy-if-shared").onBoundary(cut(FakeFolio.ofOrder(4)));

        assertSame(UnshareCheck.ONLY_SHARED, plan.steps().get(1).check());
    }

    @Test
    void the_first_wording_copies_whatever_is_there() {
        SplitPlan plan = new SplitOrCopyUncheckedBoundary().onBoundary(cut(FakeFolio.ofOrder(4)));

        assertEquals("SPLIT else UNSHARE else DEFER", plan.toString());
        assertSame(UnshareCheck.UNCHECKED, plan.steps().get(1).check());
    }

    @ParameterizedTest
    @EnumSource(BoundaryKind.class)
    void only_an_anonymous_folio_across_a_vma_edge_is_split(BoundaryKind kind) {
        FolioSplitPolicy.Boundary policy = boundarySplit("defer");
        BoundaryEvent anonymous = cut(FakeFolio.ofOrder(4)).kind(kind);
        BoundaryEvent file = cut(FakeFolio.ofOrder(4).anon(false)).kind(kind);

        assertEquals(kind != BoundaryKind.VMA_EDGE, policy.onBoundary(anonymous).isKeep());
        assertTrue(policy.onBoundary(file).isKeep());
        assertTrue(new SplitOrCopyUncheckedBoundary().onBoundary(file).isKeep());
    }

    private static FolioSplitPolicy.Boundary boundarySplit(String ifSplitFails) {
        return PolicyUnderTest.of(new MlockPlugin(), "boundary/split")
                .with("if-split-fails", ifSplitFails)
                .with("attempts", "3")
                .create(FolioSplitPolicy.Boundary.class);
    }

    @Test
    void a_child_that_protects_half_of_a_shared_folio_copies_all_it_maps_of_it() {
        SplitPlan plan = new UnshareOnMprotectBoundary()
                .onBoundary(FakeBoundaryEvent.of(CHILD, FakeFolio.ofOrder(4).maybeMappedShared(true)));

        assertEquals(1, plan.steps().size());
        SplitPlan.Step step = plan.steps().getFirst();
        assertSame(Action.UNSHARE, step.action());
        assertSame(UnshareReach.BOTH_SIDES, step.reach());
        assertSame(UnshareCheck.ONLY_SHARED, step.check());
        assertEquals(-1, step.order(), "the size that the parent found right");
    }

    @Test
    void its_parent_a_sole_owner_and_other_system_calls_copy_nothing() {
        UnshareOnMprotectBoundary policy = new UnshareOnMprotectBoundary();
        FakeFolio shared = FakeFolio.ofOrder(4).maybeMappedShared(true);

        assertTrue(policy.onBoundary(FakeBoundaryEvent.of(PARENT, shared)).isKeep());
        assertTrue(policy.onBoundary(FakeBoundaryEvent.of(CHILD, FakeFolio.ofOrder(4)))
                .isKeep());
        assertTrue(policy.onBoundary(FakeBoundaryEvent.of(CHILD, shared).cause(BoundaryCause.MUNMAP))
                .isKeep());
    }

    @Test
    void a_pin_on_a_part_splits_and_a_pin_on_all_does_not() {
        FakeLongTermPin pin = FakeLongTermPin.of(PARENT, FakeFolio.ofOrder(9));

        assertSame(SplitPlan.split(), new SplitPin().onLongTermPin(pin));
        assertTrue(new SplitPin().onLongTermPin(pin.pinnedPages(512)).isKeep());
    }

    @ParameterizedTest
    @EnumSource(DeferredReason.class)
    void the_generous_queue_takes_all_but_suspects_of_underuse(DeferredReason reason) {
        QueueDecision expected = reason == DeferredReason.MAYBE_UNDERUSED ? QueueDecision.IGNORE : QueueDecision.QUEUE;
        FakeDeferredCandidate candidate = FakeDeferredCandidate.of(FakeFolio.ofOrder(4), reason);
        FakeDeferredCandidate tooSmall = FakeDeferredCandidate.of(FakeFolio.ofOrder(1), reason);

        assertSame(expected, new UnmappedOrCrossingDeferred().onCandidate(candidate));
        assertSame(expected, new AnyPteMappedDeferred().onCandidate(candidate));
        assertSame(QueueDecision.IGNORE, new UnmappedOrCrossingDeferred().onCandidate(tooSmall));
        assertSame(QueueDecision.IGNORE, new AnyPteMappedDeferred().onCandidate(tooSmall));
    }

    @Test
    void the_scan_splits_only_what_a_walk_finds_cut() {
        UnmappedOrCrossingDeferred policy = new UnmappedOrCrossingDeferred();
        FakeFolio folio = FakeFolio.ofOrder(4);
        FakeDeferredScan whole = FakeDeferredScan.of(folio, DeferredReason.PTE_MAPPED);

        assertSame(ScanDecision.DROP, policy.onScan(whole));
        assertEquals(1, whole.rmapWalks());
        assertSame(
                ScanDecision.SPLIT,
                policy.onScan(
                        FakeDeferredScan.of(folio, DeferredReason.PTE_MAPPED).unmappedPages(1)));
        assertSame(
                ScanDecision.SPLIT,
                policy.onScan(
                        FakeDeferredScan.of(folio, DeferredReason.PTE_MAPPED).crossesVmaEdge(true)));
    }

    @Test
    void the_scan_of_any_pte_mapped_folio_splits_without_a_walk() {
        FakeDeferredScan scan = FakeDeferredScan.of(FakeFolio.ofOrder(4), DeferredReason.PTE_MAPPED);

        assertSame(ScanDecision.SPLIT, new AnyPteMappedDeferred().onScan(scan));
        assertEquals(0, scan.rmapWalks());
    }
}

package org.polymm.testkit.sketch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.polymm.api.plugin.Slot;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.DeferredScan;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.QueueDecision;
import org.polymm.api.split.ScanDecision;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.split.SplitPlan.Action;
import org.polymm.api.split.SplitPlan.UnshareCheck;
import org.polymm.api.split.SplitPlan.UnshareReach;
import org.polymm.testkit.Contracts;
import org.polymm.testkit.Planted;
import org.polymm.testkit.fake.FakeBoundaryEvent;
import org.polymm.testkit.fake.FakeDeferredCandidate;
import org.polymm.testkit.fake.FakeDeferredScan;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeLongTermPin;
import org.polymm.testkit.fake.FakeVma;

/** What Matthew Wilcox and David Hildenbrand proposed in the thread on mlock, each written against the SPI. */
class SplitSketchesTest {

    /** Matthew: no anonymous folio crosses a VMA edge; if it cannot be split, what is mapped here is copied. */
    private record NoCrossing(UnshareCheck check) implements FolioSplitPolicy.Boundary {

        @Override
        public SplitPlan onBoundary(BoundaryEvent event) {
            return event.kind() == BoundaryKind.VMA_EDGE && event.folio().isAnon() ? plan() : SplitPlan.keep();
        }

        private SplitPlan plan() {
            return SplitPlan.splitRetrying(2)
                    .orElse(SplitPlan.unshare(-1, check))
                    .orElse(SplitPlan.defer());
        }
    }

    /** Matthew: a child that changes half of what it shares lets go of all of it, so that the parent is sole owner. */
    private record CopyOnMprotect() implements FolioSplitPolicy.Boundary {

        private static final SplitPlan LET_GO = SplitPlan.unshareBothSides(-1, UnshareCheck.ONLY_SHARED);

        @Override
        public SplitPlan onBoundary(BoundaryEvent event) {
            boolean cutsShared = event.kind() == BoundaryKind.VMA_EDGE
                    && event.cause() == BoundaryCause.MPROTECT
                    && event.vma().isForkChild()
                    && event.folio().isAnon()
                    && event.folio().maybeMappedShared();
            return cutsShared ? LET_GO : SplitPlan.keep();
        }
    }

    /** Matthew: what is pinned for long is split off, or the rest of the folio is condemned with it. */
    private static final FolioSplitPolicy.Pin SPLIT_AT_PIN =
            pin -> pin.pinnedPages() < pin.folio().pages() ? SplitPlan.split() : SplitPlan.keep();

    /** David: queue generously, and let an rmap walk at the scan decide. */
    private record ByRmapWalk() implements FolioSplitPolicy.Deferred {

        @Override
        public QueueDecision onCandidate(DeferredCandidate candidate) {
            return candidate.folio().order() > 1 ? QueueDecision.QUEUE : QueueDecision.IGNORE;
        }

        @Override
        public ScanDecision onScan(DeferredScan scan) {
            return scan.unmappedPages() > 0 || scan.crossesVmaEdge() ? ScanDecision.SPLIT : ScanDecision.DROP;
        }
    }

    private static final FakeVma VMA = FakeVma.anonymous(0x100, 0x108);

    private static FakeBoundaryEvent cut(FakeFolio folio) {
        return FakeBoundaryEvent.of(VMA, folio).cause(BoundaryCause.MLOCK);
    }

    @Test
    void a_folio_that_would_cross_is_split_or_copied_or_deferred_in_this_order() {
        SplitPlan plan = new NoCrossing(UnshareCheck.SHARE_THEN_COPY).onBoundary(cut(FakeFolio.ofOrder(4)));
        assertEquals("SPLIT else UNSHARE else DEFER", plan.toString());
        assertEquals(2, plan.steps().getFirst().attempts());
        assertSame(UnshareReach.VMA, plan.steps().get(1).reach());
    }

    @Test
    void file_folios_and_other_cuts_are_left_alone() {
        NoCrossing policy = new NoCrossing(UnshareCheck.ONLY_SHARED);
        assertTrue(policy.onBoundary(cut(FakeFolio.ofOrder(4).anon(false))).isKeep());
        assertTrue(policy.onBoundary(cut(FakeFolio.ofOrder(4)).kind(BoundaryKind.RMAP_REMOVAL))
                .isKeep());
    }

    @Test
    void copying_unchecked_is_the_only_check_that_is_dangerous() {
        for (UnshareCheck check : UnshareCheck.values()) {
            Optional<String> breach = Contracts.NO_DANGEROUS_DECISION.breach(
                    Planted.policy(Slot.FOLIO_SPLIT_BOUNDARY, () -> new NoCrossing(check)), 5);
            assertEquals(check == UnshareCheck.UNCHECKED, breach.isPresent(), check.name());
        }
    }

    @Test
    void a_child_that_protects_half_of_a_shared_folio_copies_all_it_maps_of_it() {
        FakeVma child = FakeVma.anonymous(0x100, 0x108).forkChild(true);
        FakeBoundaryEvent event =
                FakeBoundaryEvent.of(child, FakeFolio.ofOrder(4).maybeMappedShared(true));
        SplitPlan plan = new CopyOnMprotect().onBoundary(event);
        assertEquals(1, plan.steps().size());
        SplitPlan.Step step = plan.steps().getFirst();
        assertSame(Action.UNSHARE, step.action());
        assertSame(UnshareReach.BOTH_SIDES, step.reach());
        assertSame(UnshareCheck.ONLY_SHARED, step.check());
        assertEquals(-1, step.order(), "the size that the parent found right");
    }

    @Test
    void its_parent_and_a_sole_owner_copy_nothing() {
        CopyOnMprotect policy = new CopyOnMprotect();
        FakeFolio shared = FakeFolio.ofOrder(4).maybeMappedShared(true);
        assertTrue(policy.onBoundary(FakeBoundaryEvent.of(VMA, shared)).isKeep());
        FakeVma child = FakeVma.anonymous(0x100, 0x108).forkChild(true);
        assertTrue(policy.onBoundary(FakeBoundaryEvent.of(child, FakeFolio.ofOrder(4)))
                .isKeep());
    }

    @Test
    void a_pin_on_a_part_splits_and_a_pin_on_all_does_not() {
        FakeLongTermPin pin = FakeLongTermPin.of(VMA, FakeFolio.ofOrder(9));
        assertSame(SplitPlan.split(), SPLIT_AT_PIN.onLongTermPin(pin));
        assertTrue(SPLIT_AT_PIN.onLongTermPin(pin.pinnedPages(512)).isKeep());
    }

    @Test
    void the_scan_splits_only_what_a_walk_finds_cut() {
        ByRmapWalk policy = new ByRmapWalk();
        FakeFolio folio = FakeFolio.ofOrder(4);
        for (DeferredReason reason : List.of(DeferredReason.PARTIALLY_MAPPED, DeferredReason.PTE_MAPPED)) {
            assertSame(QueueDecision.QUEUE, policy.onCandidate(FakeDeferredCandidate.of(folio, reason)));
            FakeDeferredScan whole = FakeDeferredScan.of(folio, reason);
            assertSame(ScanDecision.DROP, policy.onScan(whole));
            assertEquals(1, whole.rmapWalks());
            assertSame(
                    ScanDecision.SPLIT,
                    policy.onScan(FakeDeferredScan.of(folio, reason).unmappedPages(1)));
            assertSame(
                    ScanDecision.SPLIT,
                    policy.onScan(FakeDeferredScan.of(folio, reason).crossesVmaEdge(true)));
        }
    }
}

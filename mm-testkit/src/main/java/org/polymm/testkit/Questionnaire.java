package org.polymm.testkit;

import java.util.Random;
import org.polymm.api.OrderSet;
import org.polymm.api.PageSpan;
import org.polymm.api.Policy;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.mapcount.MapcountScheme;
import org.polymm.api.plugin.Slot;
import org.polymm.api.relocation.RelocationEntry;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.ReclaimCause;
import org.polymm.api.view.MappingLevel;
import org.polymm.testkit.fake.FakeAnonFault;
import org.polymm.testkit.fake.FakeBoundaryEvent;
import org.polymm.testkit.fake.FakeDeferredCandidate;
import org.polymm.testkit.fake.FakeDeferredScan;
import org.polymm.testkit.fake.FakeFolio;
import org.polymm.testkit.fake.FakeFullRange;
import org.polymm.testkit.fake.FakeLockedWalk;
import org.polymm.testkit.fake.FakeLongTermPin;
import org.polymm.testkit.fake.FakeMlockWalk;
import org.polymm.testkit.fake.FakeReclaimPick;
import org.polymm.testkit.fake.FakeRelocationEntry;
import org.polymm.testkit.fake.FakeRelocationFailure;
import org.polymm.testkit.fake.FakeRelocationRequest;
import org.polymm.testkit.fake.FakeRmapChange;
import org.polymm.testkit.fake.FakeTableMove;
import org.polymm.testkit.fake.FakeVma;
import org.polymm.testkit.fake.FakeWriteFault;

/** Asks a policy every question of its role once, about random facts. */
final class Questionnaire {

    private final RandomFacts facts;
    private final Random random;

    Questionnaire(long seed) {
        this.random = new Random(seed);
        this.facts = new RandomFacts(random);
    }

    /** Asks a policy for a slot. */
    void ask(Slot slot, Policy policy) {
        switch (slot) {
            case FOLIO_SPLIT_MLOCK -> mlock((FolioSplitPolicy.Mlock) policy);
            case FOLIO_SPLIT_BOUNDARY -> boundary((FolioSplitPolicy.Boundary) policy);
            case FOLIO_SPLIT_RECLAIM -> reclaim((FolioSplitPolicy.Reclaim) policy);
            case FOLIO_SPLIT_DEFERRED -> deferred((FolioSplitPolicy.Deferred) policy);
            case FOLIO_SPLIT_PIN -> pin((FolioSplitPolicy.Pin) policy);
            case COW_SIZING_ORDERS -> orders((CowSizingPolicy.Orders) policy);
            case COW_SIZING_REUSE -> reuse((CowSizingPolicy.Reuse) policy);
            case COW_SIZING_COPY -> copy((CowSizingPolicy.Copy) policy);
            case COLLAPSE_CHOICE -> ((CollapsePolicy.Choice) policy).choose(facts.candidate());
            case COLLAPSE_RETRACTION -> new RandomRetraction(random).run((CollapsePolicy.Retraction) policy);
            case COLLAPSE_TABLE_MOVE -> tableMove((CollapsePolicy.TableMove) policy);
            case COLLAPSE_WHEN_FULL -> whenFull((CollapsePolicy.WhenFull) policy);
            case MAPCOUNT_FOLIO -> new RandomMappings(random).run((MapcountScheme.Folio) policy, book -> {});
            case MAPCOUNT_HUGETLB -> new RandomHugetlb(random).run((MapcountScheme.Hugetlb) policy, page -> {});
            case RELOCATION -> relocation((RelocationPolicy) policy);
        }
    }

    private void mlock(FolioSplitPolicy.Mlock policy) {
        FakeVma vma = facts.vma();
        FakeFolio folio = facts.folio(9);
        MappingLevel level = facts.level(folio);
        int first = level == MappingLevel.PMD ? 0 : facts.upTo(folio.pages() - 1);
        int count = level == MappingLevel.PMD ? folio.pages() : 1 + facts.upTo(folio.pages() - 1 - first);
        policy.onWalk(FakeMlockWalk.of(vma, folio)
                .level(level)
                .locking(facts.flag())
                .page(vma.startPage() + (facts.flag() ? first : 0))
                .firstPageInFolio(first)
                .batchPages(count)
                .firstBatchOfFolio(facts.flag()));
        FakeRmapChange change =
                FakeRmapChange.of(vma, folio).level(level).batchPages(count).folioInsideVma(facts.flag());
        policy.onRmapRemove(change);
        policy.onRmapAdd(change.newFolio(facts.rarely()));
        FakeLockedWalk walk = FakeLockedWalk.of(vma, folio)
                .level(level)
                .pagesSeen(count)
                .crossedPageTable(facts.rarely())
                .atEnd(facts.flag())
                .folioInsideVma(facts.flag());
        policy.onReferencedWalk(walk);
        policy.countsReference(walk);
        policy.onUnmapWalk(walk);
    }

    private void boundary(FolioSplitPolicy.Boundary policy) {
        FakeVma vma = facts.vma();
        FakeFolio folio = facts.largeFolio();
        policy.onBoundary(FakeBoundaryEvent.of(vma, folio)
                .kind(facts.any(BoundaryKind.class))
                .cause(facts.any(BoundaryCause.class))
                .partiallyMappedByScheme(facts.flag())
                .pagesMappedHere(facts.upTo(folio.pages())));
    }

    private void reclaim(FolioSplitPolicy.Reclaim policy) {
        policy.onPick(FakeReclaimPick.of(facts.largeFolio().anon(true))
                .cause(facts.any(ReclaimCause.class))
                .swapAvailable(facts.flag()));
    }

    private void deferred(FolioSplitPolicy.Deferred policy) {
        policy.onCandidate(FakeDeferredCandidate.of(facts.largeFolio(), facts.any(DeferredReason.class))
                .thp(facts.thp()));
        FakeFolio folio = facts.largeFolio().onDeferredQueue(true);
        policy.onScan(FakeDeferredScan.of(folio, facts.any(DeferredReason.class))
                .thp(facts.thp())
                .zeroFilledPages(facts.upTo(folio.pages()))
                .unmappedPages(facts.upTo(folio.pages()))
                .crossesVmaEdge(facts.flag()));
    }

    private void pin(FolioSplitPolicy.Pin policy) {
        FakeFolio folio = facts.largeFolio();
        policy.onLongTermPin(FakeLongTermPin.of(facts.vma(), folio)
                .pinnedPages(1 + facts.upTo(folio.pages() - 1))
                .write(facts.flag()));
    }

    private void orders(CowSizingPolicy.Orders policy) {
        FakeVma vma = facts.vma();
        FakeAnonFault fault = FakeAnonFault.of(vma, vma.startPage() + facts.upTo((int) vma.pages() - 1))
                .kind(facts.any(AnonFaultKind.class))
                .thp(facts.thp())
                .withPageTable(facts.flag());
        policy.unpopulated(fault);
        OrderSet candidates = policy.candidates(fault).and(fault.fittingOrders());
        while (candidates.highest() > 0) {
            int order = candidates.highest();
            policy.afterLostRace(fault, order);
            candidates = policy.afterAllocationFailure(fault, order, candidates.below(order));
        }
    }

    private void reuse(CowSizingPolicy.Reuse policy) {
        FakeWriteFault fault = facts.writeFault();
        ExclusivityProof proof = policy.proof(fault);
        boolean large = fault.folio().isLarge() && fault.level() == MappingLevel.PTE;
        boolean canProve = proof == ExclusivityProof.SCHEME || proof == ExclusivityProof.SCAN;
        if (fault.level() == MappingLevel.PTE) {
            boolean proven = !large || (canProve && facts.flag());
            policy.reuseExtent(fault.folioProvenExclusive(proven));
        }
    }

    private void copy(CowSizingPolicy.Copy policy) {
        FakeWriteFault fault = facts.writeFault();
        long span = policy.copyExtent(fault);
        while (PageSpan.count(span) > 1) {
            span = policy.afterAllocationFailure(fault, span);
        }
    }

    private void tableMove(CollapsePolicy.TableMove policy) {
        policy.onTableMove(new FakeTableMove()
                .fileMapping(facts.flag())
                .rmapLocks(facts.flag())
                .page(512L * facts.upTo(100)));
    }

    private void whenFull(CollapsePolicy.WhenFull policy) {
        policy.onFull(FakeFullRange.of(facts.vma())
                .level(facts.flag() ? MappingLevel.PMD : MappingLevel.PUD)
                .wholePage(facts.flag()));
    }

    private void relocation(RelocationPolicy policy) {
        FakeVma vma = facts.vma();
        int flags = 1 | (facts.flag() ? policy.acceptedFlags() : 0);
        policy.onMove(FakeRelocationRequest.of(vma, vma.endPage() + 1000)
                .flags(flags)
                .anonVmaWithChildren(facts.flag())
                .mergingWithPrevious(facts.flag())
                .mergingWithNext(facts.flag())
                .populatedEntries(facts.upTo((int) vma.pages())));
        RelocationEntry entry = entry();
        policy.onEntry(entry);
        policy.onFailure(FakeRelocationFailure.at(entry).flags(flags).relocatedPages(facts.upTo(100)));
    }

    private RelocationEntry entry() {
        RelocationEntry.Kind kind = facts.any(RelocationEntry.Kind.class);
        boolean hasFolio = switch (kind) {
            case ANON, KSM, FILE, SWAP_CACHE, MIGRATION -> true;
            case ZERO_PAGE, SWAP, MARKER -> false;
        };
        FakeFolio folio = kind == RelocationEntry.Kind.KSM
                ? FakeFolio.small().ksm(true)
                : facts.folio(9).ksm(false);
        FakeRelocationEntry entry = hasFolio ? FakeRelocationEntry.of(kind, folio) : FakeRelocationEntry.of(kind);
        return entry.prescan(facts.flag())
                .level(hasFolio ? facts.level(folio) : MappingLevel.PTE)
                .everCowShared(facts.rarely())
                .folioWithinRange(!facts.rarely())
                .destinationAligned(facts.flag());
    }
}

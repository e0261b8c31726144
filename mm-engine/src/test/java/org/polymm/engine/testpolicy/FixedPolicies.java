package org.polymm.engine.testpolicy;

import java.lang.reflect.Proxy;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.polymm.api.OrderSet;
import org.polymm.api.PageSpan;
import org.polymm.api.Policy;
import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.RaceDecision;
import org.polymm.api.cow.Unpopulated;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.plugin.Slot;
import org.polymm.api.plugin.StateSlot;
import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredScan;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.QueueDecision;
import org.polymm.api.split.RmapChange;
import org.polymm.api.split.ScanDecision;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.policy.PolicyOrigin;
import org.polymm.engine.policy.PolicySet;

/** Policies with fixed answers, those of mainline 6.18 unless a test says otherwise. A slot that a test does not fill throws when asked. */
public final class FixedPolicies {

    private final Map<Slot, Policy> policies = new EnumMap<>(Slot.class);
    private final Map<Slot, List<StateSlot>> memory = new EnumMap<>(Slot.class);

    private FixedPolicies() {}

    /** {@return the answers of mainline for faults, mapcounts, mlock and the deferred split; boundaries and pinned folios are left alone} */
    public static FixedPolicies mainline() {
        FixedPolicies fixed = new FixedPolicies();
        for (Slot slot : Slot.values()) {
            fixed.with(slot, unasked(slot));
        }
        return fixed.with(Slot.COW_SIZING_ORDERS, new EnabledOrders())
                .with(Slot.COW_SIZING_REUSE, new OnePageReuse(ExclusivityProof.SCHEME))
                .with(Slot.COW_SIZING_COPY, new OnePageCopy())
                .with(Slot.MAPCOUNT_FOLIO, new TwoSlotScheme())
                .with(Slot.FOLIO_SPLIT_MLOCK, new WholeFolioMlock())
                .with(Slot.FOLIO_SPLIT_DEFERRED, new QueueAll())
                .with(Slot.FOLIO_SPLIT_RECLAIM, (FolioSplitPolicy.Reclaim)
                        pick -> pick.folio().isPartiallyMapped() ? SplitPlan.split() : SplitPlan.keep())
                .with(Slot.FOLIO_SPLIT_BOUNDARY, (FolioSplitPolicy.Boundary) event -> SplitPlan.keep())
                .with(Slot.FOLIO_SPLIT_PIN, (FolioSplitPolicy.Pin) pin -> SplitPlan.keep());
    }

    /** {@return those of {@link #mainline}, and answers for mremap and collapse: tables are moved after a recheck, indexes kept, all collapsed} */
    public static FixedPolicies whole() {
        return mainline()
                .with(Slot.COLLAPSE_TABLE_MOVE, (CollapsePolicy.TableMove)
                        move -> TableMoveDecision.RECHECK_UNDER_LOCKS)
                .with(Slot.RELOCATION, (RelocationPolicy) request -> RelocationPlan.KEEP_INDEX)
                .with(Slot.COLLAPSE_CHOICE, new CollapseAll());
    }

    /**
     * Fills a slot with a policy that remembers something.
     *
     * @param slot the slot
     * @param policy what answers
     * @param state what it remembers
     * @return these policies
     */
    public FixedPolicies with(Slot slot, Policy policy, StateSlot... state) {
        memory.put(slot, List.of(state));
        return with(slot, policy);
    }

    /**
     * Fills a slot.
     *
     * @param slot the slot
     * @param policy what answers
     * @return these policies
     */
    public FixedPolicies with(Slot slot, Policy policy) {
        policies.put(slot, policy);
        return this;
    }

    /**
     * What fills a slot.
     *
     * @param slot the slot
     * @return its policy
     */
    public Policy policy(Slot slot) {
        return Objects.requireNonNull(policies.get(slot));
    }

    /** {@return the set} */
    public PolicySet build() {
        PolicySet.Builder builder = PolicySet.builder();
        policies.forEach((slot, policy) -> builder.put(
                slot,
                policy,
                new PolicyOrigin("test/" + policy.getClass().getSimpleName(), "tests"),
                memory.getOrDefault(slot, List.of())));
        return builder.build();
    }

    private static Policy unasked(Slot slot) {
        return (Policy) Proxy.newProxyInstance(
                slot.role().getClassLoader(), new Class<?>[] {slot.role()}, (proxy, method, args) -> {
                    throw new UnsupportedOperationException(
                            "no test policy fills " + slot.key() + ", asked for " + method.getName());
                });
    }

    /** Collapses whatever has a page and could be collapsed. */
    public static class CollapseAll implements CollapsePolicy.Choice {
        @Override
        public CollapseDecision choose(CollapseCandidate candidate) {
            boolean any = false;
            for (int index = 0; index < candidate.entries(); index++) {
                any |= candidate.kind(index) == CollapseCandidate.EntryKind.ANON;
            }
            return any
                    ? new CollapseDecision.Collapse(candidate.thp().pmdOrder())
                    : new CollapseDecision.Skip(ScanResult.FAIL);
        }
    }

    /** Tries whatever the settings enable. */
    public static class EnabledOrders implements CowSizingPolicy.Orders {
        @Override
        public OrderSet candidates(AnonFault fault) {
            return fault.enabledOrders();
        }
    }

    /** Tries some orders, whatever the settings enable. */
    public static class FixedOrders implements CowSizingPolicy.Orders {

        private final OrderSet orders;
        private final RaceDecision race;
        private final Unpopulated unpopulated;

        /**
         * Fixes the answers.
         *
         * @param orders the candidates
         * @param race after a lost race
         * @param unpopulated what counts as empty
         */
        public FixedOrders(OrderSet orders, RaceDecision race, Unpopulated unpopulated) {
            this.orders = orders;
            this.race = race;
            this.unpopulated = unpopulated;
        }

        @Override
        public OrderSet candidates(AnonFault fault) {
            return orders;
        }

        @Override
        public RaceDecision afterLostRace(AnonFault fault, int order) {
            return race;
        }

        @Override
        public Unpopulated unpopulated(AnonFault fault) {
            return unpopulated;
        }
    }

    /** Takes one kind of proof, and reuses one page. */
    public static class OnePageReuse implements CowSizingPolicy.Reuse {

        private final ExclusivityProof proof;

        /**
         * Fixes the proof.
         *
         * @param proof the answer
         */
        public OnePageReuse(ExclusivityProof proof) {
            this.proof = proof;
        }

        @Override
        public ExclusivityProof proof(WriteFault fault) {
            return proof;
        }
    }

    /** Takes one kind of proof, and reuses the whole run, or only its pages that are exclusive if the proof does not cover all. */
    public static class RunReuse extends OnePageReuse {

        /**
         * Fixes the proof.
         *
         * @param proof the answer
         */
        public RunReuse(ExclusivityProof proof) {
            super(proof);
        }

        @Override
        public long reuseExtent(WriteFault fault) {
            int first = 0;
            while (first > -fault.runBefore() && (fault.isFolioProvenExclusive() || fault.isExclusive(first - 1))) {
                first--;
            }
            int last = 0;
            while (last < fault.runAfter() && (fault.isFolioProvenExclusive() || fault.isExclusive(last + 1))) {
                last++;
            }
            return PageSpan.of(first, last - first + 1);
        }
    }

    /** Copies one page. */
    public static class OnePageCopy implements CowSizingPolicy.Copy {
        @Override
        public long copyExtent(WriteFault fault) {
            return PageSpan.ONE_PAGE;
        }
    }

    /** Copies the largest aligned part of the run, careful or careless of exclusive pages. */
    public static class RunCopy implements CowSizingPolicy.Copy {

        private final boolean careful;

        /**
         * Fixes the care.
         *
         * @param careful whether to stop before exclusive pages
         */
        public RunCopy(boolean careful) {
            this.careful = careful;
        }

        @Override
        public long copyExtent(WriteFault fault) {
            for (int order = fault.folio().order(); order > 1; order--) {
                int first = (int) -(fault.page() & (1 << order) - 1);
                int count = 1 << order;
                if (-first <= fault.runBefore()
                        && first + count - 1 <= fault.runAfter()
                        && isFine(fault, first, count)) {
                    return PageSpan.of(first, count);
                }
            }
            return PageSpan.ONE_PAGE;
        }

        private boolean isFine(WriteFault fault, int first, int count) {
            for (int offset = first; careful && offset < first + count; offset++) {
                if (fault.isExclusive(offset)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public long afterAllocationFailure(WriteFault fault, long failed) {
            int order = 31 - Integer.numberOfLeadingZeros(PageSpan.count(failed)) - 1;
            if (order < 2) {
                return PageSpan.ONE_PAGE;
            }
            return PageSpan.of((int) -(fault.page() & (1 << order) - 1), 1 << order);
        }
    }

    /** mlocks folios that are mapped whole, munlocks always. */
    public static class WholeFolioMlock implements FolioSplitPolicy.Mlock {
        @Override
        public MlockDecision onWalk(MlockWalk walk) {
            return !walk.isLocking()
                            || !walk.folio().isLarge()
                            || walk.isFolioInsideSegment()
                                    && walk.batchPages() == walk.folio().pages()
                    ? MlockDecision.ACT
                    : MlockDecision.LEAVE;
        }

        @Override
        public MlockDecision onRmapAdd(RmapChange change) {
            return change.batchPages() == change.folio().pages() ? MlockDecision.ACT : MlockDecision.LEAVE;
        }

        @Override
        public MlockDecision onRmapRemove(RmapChange change) {
            return MlockDecision.ACT;
        }

        @Override
        public MlockDecision onReferencedWalk(LockedWalk walk) {
            return MlockDecision.LEAVE;
        }

        @Override
        public MlockDecision onUnmapWalk(LockedWalk walk) {
            return MlockDecision.LEAVE;
        }
    }

    /** Queues every candidate. */
    public static class QueueAll implements FolioSplitPolicy.Deferred {
        @Override
        public QueueDecision onCandidate(DeferredCandidate candidate) {
            return QueueDecision.QUEUE;
        }

        @Override
        public ScanDecision onScan(DeferredScan scan) {
            return ScanDecision.SPLIT;
        }
    }
}

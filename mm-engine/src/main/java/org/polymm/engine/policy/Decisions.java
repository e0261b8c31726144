package org.polymm.engine.policy;

import org.jspecify.annotations.Nullable;
import org.polymm.api.OrderSet;
import org.polymm.api.PageSpan;
import org.polymm.api.collapse.CollapseCandidate;
import org.polymm.api.collapse.CollapseDecision;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.TableMoveDecision;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.ExclusivityProof;
import org.polymm.api.cow.RaceDecision;
import org.polymm.api.cow.Unpopulated;
import org.polymm.api.plugin.Slot;
import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.relocation.RelocationRequest;
import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredScan;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.LongTermPin;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.QueueDecision;
import org.polymm.api.split.ReclaimPick;
import org.polymm.api.split.RmapChange;
import org.polymm.api.split.ScanDecision;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

/**
 * Asks the policies of one machine, and checks what they answer.
 *
 * <p>Every method takes the view that holds the facts of the call, asks the policy of one slot, and returns an answer that is in range.
 * What becomes of a policy that throws or answers out of range is said at {@link PolicyGuard}.
 *
 * <p>Belongs to one machine; used by one thread at a time. What a fault, a fork or mlock asks allocates nothing unless a policy fails.
 */
public final class Decisions extends PolicyGuard {

    private final FolioSplitPolicy.Mlock mlock;
    private final FolioSplitPolicy.Boundary boundary;
    private final FolioSplitPolicy.Deferred deferred;
    private final FolioSplitPolicy.Reclaim reclaim;
    private final FolioSplitPolicy.Pin pin;
    private final CowSizingPolicy.Orders orders;
    private final CowSizingPolicy.Reuse reuse;
    private final CowSizingPolicy.Copy copy;
    private final CollapsePolicy.Choice collapseChoice;
    private final CollapsePolicy.Retraction retraction;
    private final CollapsePolicy.TableMove tableMove;
    private final RelocationPolicy relocation;

    /**
     * Connects a machine to its policies.
     *
     * @param space where the gateway's counters live
     * @param sync whose decision guard is closed around every call
     * @param set one policy for every slot
     * @param safety what happens to dangerous decisions
     * @param failureMode what happens to policies that fail
     */
    public Decisions(StateSpace space, Sync sync, PolicySet set, SafetyMode safety, FailureMode failureMode) {
        super(space, sync, set, safety, failureMode);
        mlock = set.mlock();
        boundary = set.boundary();
        deferred = set.deferred();
        reclaim = set.reclaim();
        pin = set.pin();
        orders = set.orders();
        reuse = set.reuse();
        copy = set.copy();
        collapseChoice = set.collapseChoice();
        retraction = set.collapseRetraction();
        tableMove = set.tableMove();
        relocation = set.relocation();
    }

    // ---------------------------------------------------------------- first touch

    /**
     * Which orders a fault tries.
     *
     * @param fault the facts
     * @return orders that fit, order 0 always among them
     */
    public OrderSet orders(AnonFaultFacts fault) {
        OrderSet answer = null;
        if (isAsked(Slot.COW_SIZING_ORDERS)) {
            sync.enterDecision("CowSizingPolicy.Orders.candidates");
            try {
                answer = orders.candidates(fault);
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.COW_SIZING_ORDERS, "candidates", thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer == null) {
                answeredNull(Slot.COW_SIZING_ORDERS, "candidates");
            }
        }
        return answer == null
                ? OrderSet.BASE_PAGE
                : answer.and(fault.fittingOrders()).with(0);
    }

    /**
     * Which orders to try after an allocation failed.
     *
     * @param fault the facts
     * @param failedOrder the order that could not be had
     * @param remaining the candidates below it
     * @return a subset of {@code remaining}, order 0 always among them
     */
    public OrderSet afterAllocationFailure(AnonFaultFacts fault, int failedOrder, OrderSet remaining) {
        OrderSet answer = null;
        if (isAsked(Slot.COW_SIZING_ORDERS)) {
            sync.enterDecision("CowSizingPolicy.Orders.afterAllocationFailure");
            try {
                answer = orders.afterAllocationFailure(fault, failedOrder, remaining);
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.COW_SIZING_ORDERS, "afterAllocationFailure", thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer == null) {
                answeredNull(Slot.COW_SIZING_ORDERS, "afterAllocationFailure");
            } else if (answer.and(remaining) != answer) {
                outOfRange(
                        Slot.COW_SIZING_ORDERS,
                        "afterAllocationFailure",
                        answer + " is not a subset of the remaining orders " + remaining);
                answer = null;
            }
        }
        return answer == null ? OrderSet.BASE_PAGE : answer.with(0);
    }

    /**
     * What to do when the range was populated meanwhile.
     *
     * @param fault the facts
     * @param order the order that was about to be mapped
     * @return the answer
     */
    public RaceDecision afterLostRace(AnonFaultFacts fault, int order) {
        return ask(
                Slot.COW_SIZING_ORDERS,
                "CowSizingPolicy.Orders.afterLostRace",
                () -> orders.afterLostRace(fault, order),
                RaceDecision.SAFE);
    }

    /**
     * Which entries count as not populated.
     *
     * @param fault the facts
     * @return the answer
     */
    public Unpopulated unpopulated(AnonFaultFacts fault) {
        Unpopulated answer = null;
        if (isAsked(Slot.COW_SIZING_ORDERS)) {
            sync.enterDecision("CowSizingPolicy.Orders.unpopulated");
            try {
                answer = orders.unpopulated(fault);
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.COW_SIZING_ORDERS, "unpopulated", thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer == null) {
                answeredNull(Slot.COW_SIZING_ORDERS, "unpopulated");
            }
        }
        return answer == null ? Unpopulated.SAFE : answer;
    }

    // ---------------------------------------------------------------- write faults

    /**
     * What may prove a page exclusive.
     *
     * @param fault the facts
     * @return the proof to attempt
     */
    public ExclusivityProof proof(WriteFaultFacts fault) {
        ExclusivityProof answer = null;
        if (isAsked(Slot.COW_SIZING_REUSE)) {
            sync.enterDecision("CowSizingPolicy.Reuse.proof");
            try {
                answer = reuse.proof(fault.asking(Slot.COW_SIZING_REUSE));
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.COW_SIZING_REUSE, "proof", thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer == null) {
                answeredNull(Slot.COW_SIZING_REUSE, "proof");
            }
        }
        return answer == null ? ExclusivityProof.SAFE : answer;
    }

    /**
     * How many pages a reuse makes writable.
     *
     * @param fault the facts
     * @return a {@link PageSpan} inside the run that contains page 0
     */
    public long reuseExtent(WriteFaultFacts fault) {
        long answer = PageSpan.ONE_PAGE;
        if (isAsked(Slot.COW_SIZING_REUSE)) {
            sync.enterDecision("CowSizingPolicy.Reuse.reuseExtent");
            try {
                answer = reuse.reuseExtent(fault.asking(Slot.COW_SIZING_REUSE));
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.COW_SIZING_REUSE, "reuseExtent", thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer != PageSpan.ONE_PAGE && !isInsideRun(fault, answer)) {
                outsideRun(Slot.COW_SIZING_REUSE, "reuseExtent", fault, answer);
                answer = PageSpan.ONE_PAGE;
            }
        }
        return answer;
    }

    /**
     * How many pages a copy takes along.
     *
     * @param fault the facts
     * @return a {@link PageSpan} inside the run that contains page 0, naturally aligned, a power of two other than 2 pages
     */
    public long copyExtent(WriteFaultFacts fault) {
        long answer = PageSpan.ONE_PAGE;
        if (isAsked(Slot.COW_SIZING_COPY)) {
            sync.enterDecision("CowSizingPolicy.Copy.copyExtent");
            try {
                answer = copy.copyExtent(fault.asking(Slot.COW_SIZING_COPY));
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.COW_SIZING_COPY, "copyExtent", thrown);
            } finally {
                sync.exitDecision();
            }
            answer = checkedCopy(fault, answer, "copyExtent");
        }
        return answer;
    }

    /**
     * How many pages to copy after a larger folio could not be had.
     *
     * @param fault the facts
     * @param failedSpan what could not be had
     * @return a shorter {@link PageSpan} as of {@link #copyExtent}
     */
    public long copyAfterAllocationFailure(WriteFaultFacts fault, long failedSpan) {
        long answer = PageSpan.ONE_PAGE;
        if (isAsked(Slot.COW_SIZING_COPY)) {
            sync.enterDecision("CowSizingPolicy.Copy.afterAllocationFailure");
            try {
                answer = copy.afterAllocationFailure(fault.asking(Slot.COW_SIZING_COPY), failedSpan);
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.COW_SIZING_COPY, "afterAllocationFailure", thrown);
            } finally {
                sync.exitDecision();
            }
            if (PageSpan.count(answer) >= PageSpan.count(failedSpan)) {
                outOfRange(
                        Slot.COW_SIZING_COPY,
                        "afterAllocationFailure",
                        PageSpan.toString(answer) + " is not shorter than " + PageSpan.toString(failedSpan));
                answer = PageSpan.ONE_PAGE;
            }
            answer = checkedCopy(fault, answer, "afterAllocationFailure");
        }
        return answer;
    }

    private long checkedCopy(WriteFaultFacts fault, long span, String call) {
        if (span == PageSpan.ONE_PAGE) {
            return span;
        }
        if (!isInsideRun(fault, span)) {
            outsideRun(Slot.COW_SIZING_COPY, call, fault, span);
            return PageSpan.ONE_PAGE;
        }
        int count = PageSpan.count(span);
        long first = fault.page() + PageSpan.first(span);
        if (Integer.bitCount(count) != 1 || count == 2 || (first & count - 1) != 0) {
            outOfRange(
                    Slot.COW_SIZING_COPY,
                    call,
                    PageSpan.toString(span) + " around page 0x" + Long.toHexString(fault.page())
                            + " is not a naturally aligned power of two other than 2 pages");
            return PageSpan.ONE_PAGE;
        }
        return span;
    }

    private static boolean isInsideRun(WriteFaultFacts fault, long span) {
        return PageSpan.count(span) > 0
                && PageSpan.first(span) <= 0
                && PageSpan.end(span) > 0
                && -PageSpan.first(span) <= fault.runBefore()
                && PageSpan.end(span) - 1 <= fault.runAfter();
    }

    private void outsideRun(Slot slot, String call, WriteFaultFacts fault, long span) {
        outOfRange(
                slot,
                call,
                PageSpan.toString(span) + " does not contain the fault or leaves its run [" + -fault.runBefore() + ", "
                        + (fault.runAfter() + 1) + ")");
    }

    // ---------------------------------------------------------------- mlock, boundaries, deferred split

    /**
     * mlock or munlock met a batch of entries.
     *
     * @param walk the facts
     * @return whether to act
     */
    public MlockDecision onMlockWalk(MlockWalk walk) {
        MlockDecision answer = null;
        if (isAsked(Slot.FOLIO_SPLIT_MLOCK)) {
            sync.enterDecision("FolioSplitPolicy.Mlock.onWalk");
            try {
                answer = mlock.onWalk(walk);
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.FOLIO_SPLIT_MLOCK, "onWalk", thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer == null) {
                answeredNull(Slot.FOLIO_SPLIT_MLOCK, "onWalk");
            }
        }
        return answer == null ? safe(walk.isLocking()) : answer;
    }

    /**
     * Pages were mapped into, or unmapped from, a VM_LOCKED VMA.
     *
     * @param change the facts
     * @param added whether they were mapped
     * @return whether to act
     */
    public MlockDecision onRmapChange(RmapChange change, boolean added) {
        MlockDecision answer = null;
        if (isAsked(Slot.FOLIO_SPLIT_MLOCK)) {
            sync.enterDecision("FolioSplitPolicy.Mlock.onRmapAdd");
            try {
                answer = added ? mlock.onRmapAdd(change) : mlock.onRmapRemove(change);
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.FOLIO_SPLIT_MLOCK, added ? "onRmapAdd" : "onRmapRemove", thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer == null) {
                answeredNull(Slot.FOLIO_SPLIT_MLOCK, added ? "onRmapAdd" : "onRmapRemove");
            }
        }
        return answer == null ? safe(added) : answer;
    }

    /** To mlock may be left to reclaim; what is not munlocked stays unevictable. */
    private static MlockDecision safe(boolean locks) {
        return locks ? MlockDecision.SAFE : MlockDecision.ACT;
    }

    /**
     * A change of mappings cut a folio.
     *
     * @param event the facts
     * @return what to do about it
     */
    public SplitPlan onBoundary(BoundaryEvent event) {
        return ask(
                Slot.FOLIO_SPLIT_BOUNDARY,
                "FolioSplitPolicy.Boundary.onBoundary",
                () -> boundary.onBoundary(event),
                SplitPlan.SAFE);
    }

    /**
     * A folio could go on the deferred split queue.
     *
     * @param candidate the facts
     * @return whether it is queued
     */
    public QueueDecision onDeferredCandidate(DeferredCandidate candidate) {
        QueueDecision answer = null;
        if (isAsked(Slot.FOLIO_SPLIT_DEFERRED)) {
            sync.enterDecision("FolioSplitPolicy.Deferred.onCandidate");
            try {
                answer = deferred.onCandidate(candidate);
            } catch (RuntimeException | Error thrown) {
                thrown(Slot.FOLIO_SPLIT_DEFERRED, "onCandidate", thrown);
            } finally {
                sync.exitDecision();
            }
            if (answer == null) {
                answeredNull(Slot.FOLIO_SPLIT_DEFERRED, "onCandidate");
            }
        }
        return answer == null ? QueueDecision.SAFE : answer;
    }

    /**
     * The deferred split queue's scan took a folio off the queue.
     *
     * @param scan the facts
     * @return what to do with it
     */
    public ScanDecision onDeferredScan(DeferredScan scan) {
        return ask(
                Slot.FOLIO_SPLIT_DEFERRED,
                "FolioSplitPolicy.Deferred.onScan",
                () -> deferred.onScan(scan),
                ScanDecision.SAFE);
    }

    /**
     * Reclaim is about to give swap space to a large folio.
     *
     * @param pick the facts
     * @return keep it whole or split it
     */
    public SplitPlan onReclaimPick(ReclaimPick pick) {
        return ask(
                Slot.FOLIO_SPLIT_RECLAIM,
                "FolioSplitPolicy.Reclaim.onPick",
                () -> reclaim.onPick(pick),
                SplitPlan.SAFE);
    }

    /**
     * Reclaim's walk for references, or its walk that unmaps, is in a VM_LOCKED VMA.
     *
     * @param walk the facts
     * @param unmaps whether it is the one that unmaps
     * @return whether the folio is mlocked now
     */
    public MlockDecision onLockedWalk(LockedWalk walk, boolean unmaps) {
        return ask(
                Slot.FOLIO_SPLIT_MLOCK,
                unmaps ? "FolioSplitPolicy.Mlock.onUnmapWalk" : "FolioSplitPolicy.Mlock.onReferencedWalk",
                () -> unmaps ? mlock.onUnmapWalk(walk) : mlock.onReferencedWalk(walk),
                MlockDecision.SAFE);
    }

    /**
     * Whether an accessed bit that is found through a VM_LOCKED VMA keeps a folio young.
     *
     * @param walk the facts
     * @return whether it counts
     */
    public boolean countsReference(LockedWalk walk) {
        return ask(
                Slot.FOLIO_SPLIT_MLOCK,
                "FolioSplitPolicy.Mlock.countsReference",
                () -> mlock.countsReference(walk),
                false);
    }

    /**
     * Pages of a large folio are about to be pinned for long.
     *
     * @param longTerm the facts
     * @return what to do first
     */
    public SplitPlan onLongTermPin(LongTermPin longTerm) {
        return ask(
                Slot.FOLIO_SPLIT_PIN,
                "FolioSplitPolicy.Pin.onLongTermPin",
                () -> pin.onLongTermPin(longTerm),
                SplitPlan.SAFE);
    }

    // ---------------------------------------------------------------- collapse

    /**
     * khugepaged or MADV_COLLAPSE looks at a range.
     *
     * @param candidate the facts
     * @return collapse to an allowed order, or skip with a reason
     */
    public CollapseDecision chooseCollapse(CollapseCandidate candidate) {
        CollapseDecision answer = ask(
                Slot.COLLAPSE_CHOICE,
                "CollapsePolicy.Choice.choose",
                () -> collapseChoice.choose(candidate),
                CollapseDecision.SAFE);
        if (answer instanceof CollapseDecision.Collapse collapse
                && !candidate.allowedOrders().contains(collapse.order())) {
            outOfRange(
                    Slot.COLLAPSE_CHOICE,
                    "choose",
                    "to collapse to order " + collapse.order() + " is none of the allowed orders "
                            + candidate.allowedOrders());
            return CollapseDecision.SAFE;
        }
        return answer;
    }

    /**
     * Runs a procedure that retracts page tables. Unlike every other call it reaches scheduling points, so the decision guard stays open.
     *
     * @param steps what the procedure is made of
     * @param deferred whether khugepaged came back for what was deferred
     */
    public void retract(GuardedSteps steps, boolean deferred) {
        if (!isAsked(Slot.COLLAPSE_RETRACTION)) {
            return;
        }
        String call = deferred ? "retryDeferred" : "retract";
        try {
            if (deferred) {
                retraction.retryDeferred(steps);
            } else {
                retraction.retract(steps);
            }
            String left = steps.finish();
            if (left != null) {
                fail(Slot.COLLAPSE_RETRACTION, call, left, null);
            }
        } catch (RuntimeException | StackOverflowError thrown) {
            if (steps.isInStep()) {
                throw thrown;
            }
            steps.finish();
            thrown(Slot.COLLAPSE_RETRACTION, call, thrown);
        }
    }

    /** Steps of a retraction that tell whose fault an exception is, and clean up behind a policy that failed. */
    public interface GuardedSteps extends RetractionSteps {

        /** {@return whether a step of the engine is being carried out, rather than the policy's own code} */
        boolean isInStep();

        /**
         * Gives up what the procedure still holds.
         *
         * @return what that was, for a sentence that begins with the policy; null if nothing
         */
        @Nullable
        String finish();
    }

    /**
     * mremap wants to move a whole page table. {@link SafetyMode#ENFORCE} turns an unchecked move into a move by entries.
     *
     * @param move the facts
     * @return what to do
     */
    public TableMoveDecision onTableMove(CollapsePolicy.TableMove.Facts move) {
        TableMoveDecision answer = ask(
                Slot.COLLAPSE_TABLE_MOVE,
                "CollapsePolicy.TableMove.onTableMove",
                () -> tableMove.onTableMove(move),
                TableMoveDecision.SAFE);
        if (answer == TableMoveDecision.UNCHECKED && refuses(SafetyRule.TABLE_MOVED_UNCHECKED)) {
            return TableMoveDecision.SAFE;
        }
        return answer;
    }

    // ---------------------------------------------------------------- mremap

    /**
     * The mremap flags the relocation policy understands beyond the kernel's own.
     *
     * @return flags, or-ed
     */
    public int acceptedMremapFlags() {
        return ask(Slot.RELOCATION, "RelocationPolicy.acceptedFlags", () -> relocation.acceptedFlags(), 0);
    }

    /**
     * A faulted anonymous range moves and did not merge at its destination.
     *
     * @param request the facts
     * @return what to do about the index
     */
    public RelocationPlan onMove(RelocationRequest request) {
        return ask(Slot.RELOCATION, "RelocationPolicy.onMove", () -> relocation.onMove(request), RelocationPlan.SAFE);
    }
}

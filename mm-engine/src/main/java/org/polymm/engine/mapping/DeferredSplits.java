package org.polymm.engine.mapping;

import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.QueueDecision;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.DeferredSplitQueue;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.DeferredFacts;
import org.polymm.engine.policy.PolicyGateway;

/**
 * Puts large anonymous folios on the deferred split queue, if the policy wants them there: {@code deferred_split_folio}.
 *
 * <p>A folio of order 1 has no room for the link, and one in the swap cache is left alone; of those no policy is asked.
 */
public final class DeferredSplits {

    private final Frames frames;
    private final DeferredSplitQueue queue;
    private final Decisions decisions;
    private final DeferredFacts facts;
    private final EventLog events;

    DeferredSplits(Frames frames, DeferredSplitQueue queue, PolicyGateway policies, EventLog events) {
        this.frames = frames;
        this.queue = queue;
        this.decisions = policies.decisions();
        this.facts = policies.deferred();
        this.events = events;
    }

    /**
     * A folio was found partially mapped. If it is queued it is flagged so, and counted, once.
     *
     * @param head an anonymous folio without {@link Frames#PARTIALLY_MAPPED}
     */
    void partiallyMapped(int head) {
        if (isWanted(head, DeferredReason.PARTIALLY_MAPPED)) {
            queue.queue(head, true);
            queue.reason(head, DeferredReason.PARTIALLY_MAPPED.ordinal());
            events.record(EventKind.DEFER_SPLIT, head, 1, 0);
        }
    }

    /**
     * A new folio of PMD order was mapped whole. It may turn out to be mostly zero; with {@code shrink_underused} it can be queued to be
     * looked at.
     *
     * @param head the folio
     */
    public void maybeUnderused(int head) {
        if (isWanted(head, DeferredReason.MAYBE_UNDERUSED)) {
            queue.queue(head, false);
            queue.reason(head, DeferredReason.MAYBE_UNDERUSED.ordinal());
            events.record(EventKind.DEFER_SPLIT, head, 0, 0);
        }
    }

    /**
     * Offers a whole folio to the policy, and queues it if wanted, whatever the settings: its PMD mapping was split, or another policy's
     * plan is to defer the split. Folios of order 1 are left alone.
     *
     * @param head a large anonymous folio
     * @param reason {@link DeferredReason#PTE_MAPPED} or {@link DeferredReason#POLICY}
     */
    public void offer(int head, DeferredReason reason) {
        if (isWanted(head, reason)) {
            queue.requeue(head);
            queue.reason(head, reason.ordinal());
            events.record(EventKind.DEFER_SPLIT, head, 0, 0);
        }
    }

    private boolean isWanted(int head, DeferredReason reason) {
        return frames.order(head) >= 2
                && !frames.test(head, Frames.SWAPCACHE)
                && decisions.onDeferredCandidate(facts.at(head, reason)) == QueueDecision.QUEUE;
    }
}

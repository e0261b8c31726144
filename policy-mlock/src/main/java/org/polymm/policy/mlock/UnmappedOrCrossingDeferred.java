package org.polymm.policy.mlock;

import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.DeferredScan;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.QueueDecision;
import org.polymm.api.split.ScanDecision;

/**
 * {@code deferred/if-unmapped-or-crossing}: the queue takes every anonymous folio that lost its PMD mapping or some of its pages, and the scan
 * splits it only if an rmap walk finds a page that nobody maps, or a VMA edge across it.
 *
 * <p>Queueing is cheap and may be generous; the walk is made when memory is short, and spares folios that are mapped whole again. {@link
 * MainlineDeferred} queues less and splits without a look.
 *
 * <p>From: David Hildenbrand in the thread on mlock of large folios, July 2023. Asked by zap, by PMD splits, and by the deferred split
 * shrinker.
 */
final class UnmappedOrCrossingDeferred implements FolioSplitPolicy.Deferred {

    @Override
    public QueueDecision onCandidate(DeferredCandidate candidate) {
        boolean wanted = candidate.reason() != DeferredReason.MAYBE_UNDERUSED && Queueable.is(candidate.folio());
        return wanted ? QueueDecision.QUEUE : QueueDecision.IGNORE;
    }

    @Override
    public ScanDecision onScan(DeferredScan scan) {
        return scan.unmappedPages() > 0 || scan.crossesVmaEdge() ? ScanDecision.SPLIT : ScanDecision.DROP;
    }
}

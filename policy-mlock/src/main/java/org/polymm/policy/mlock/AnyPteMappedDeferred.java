package org.polymm.policy.mlock;

import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.DeferredScan;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.QueueDecision;
import org.polymm.api.split.ScanDecision;

/**
 * {@code deferred/any-pte-mapped}: the queue takes every anonymous folio whose PMD mapping was split, besides what is partially mapped, and
 * the scan splits all it finds.
 *
 * <p>A folio that small entries map has lost what made it worth its size, the argument goes; that small entries map every folio below the PMD
 * order by nature, and that all pages may still be in use, counts against it. {@link UnmappedOrCrossingDeferred} looks before it splits.
 *
 * <p>From: a reading of the thread on mlock of large folios, July 2023: "any PTE-mapped huge page goes on the deferred queue". Asked by zap, by
 * PMD splits, and by the deferred split shrinker.
 */
final class AnyPteMappedDeferred implements FolioSplitPolicy.Deferred {

    @Override
    public QueueDecision onCandidate(DeferredCandidate candidate) {
        boolean wanted = candidate.reason() != DeferredReason.MAYBE_UNDERUSED && Queueable.is(candidate.folio());
        return wanted ? QueueDecision.QUEUE : QueueDecision.IGNORE;
    }

    @Override
    public ScanDecision onScan(DeferredScan scan) {
        return ScanDecision.SPLIT;
    }
}

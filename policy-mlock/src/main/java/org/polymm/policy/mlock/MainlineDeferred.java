package org.polymm.policy.mlock;

import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.DeferredScan;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.QueueDecision;
import org.polymm.api.split.ScanDecision;
import org.polymm.api.view.ThpView;

/**
 * {@code deferred/mainline}: the queue takes folios found partially mapped, and new PMD-sized ones while {@code
 * shrink_underused} is on; the scan splits the former always and the latter if more of their pages are zero than {@code
 * max_ptes_none} forgives.
 *
 * <p>A suspect that proves to be in use, or is mlocked, leaves the queue for good. Whether every page is mapped again,
 * or a VMA edge cuts the folio, is not looked at: that would take an rmap walk. What a boundary plan defers, which
 * mainline never does, is queued and split like a partially mapped folio.
 *
 * <p>From: mainline Linux 6.18. Asked by zap, by faults that make PMD-sized folios, and by the deferred split shrinker.
 */
final class MainlineDeferred implements FolioSplitPolicy.Deferred {

    @Override
    public QueueDecision onCandidate(DeferredCandidate candidate) {
        if (!Queueable.is(candidate.folio())) {
            return QueueDecision.IGNORE;
        }
        DeferredReason reason = candidate.reason();
        if (reason == DeferredReason.MAYBE_UNDERUSED) {
            return candidate.thp().shrinkUnderused() ? QueueDecision.QUEUE : QueueDecision.IGNORE;
        }
        return isToBeSplit(reason) ? QueueDecision.QUEUE : QueueDecision.IGNORE;
    }

    @Override
    public ScanDecision onScan(DeferredScan scan) {
        if (scan.folio().isPartiallyMapped() || isToBeSplit(scan.reason())) {
            return ScanDecision.SPLIT;
        }
        return !scan.folio().isMlocked() && isUnderused(scan) ? ScanDecision.SPLIT : ScanDecision.DROP;
    }

    private static boolean isToBeSplit(DeferredReason reason) {
        return reason == DeferredReason.PARTIALLY_MAPPED || reason == DeferredReason.POLICY;
    }

    private static boolean isUnderused(DeferredScan scan) {
        ThpView thp = scan.thp();
        int allButOne = (1 << thp.pmdOrder()) - 1;
        return thp.maxPtesNone() < allButOne && scan.zeroFilledPages() > thp.maxPtesNone();
    }
}

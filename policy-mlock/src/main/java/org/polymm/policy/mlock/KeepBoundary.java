package org.polymm.policy.mlock;

import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;

/**
 * {@code boundary/keep}: a folio stays whole however a VMA edge, a PMD split or a removal cuts its mappings.
 *
 * <p>That is mainline: a VMA split divides a PMD <em>mapping</em> at the edge, never the folio; what is left partially
 * mapped is the business of the deferred split queue. System calls can then not fail, nor wait, for a split that pins
 * prevent.
 *
 * <p>From: mainline Linux 6.18. Asked by VMA splits, PMD splits and zap.
 */
final class KeepBoundary implements FolioSplitPolicy.Boundary {

    @Override
    public SplitPlan onBoundary(BoundaryEvent event) {
        return SplitPlan.keep();
    }
}

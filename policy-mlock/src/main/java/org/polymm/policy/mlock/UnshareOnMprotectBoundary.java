package org.polymm.policy.mlock;

import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.split.SplitPlan.UnshareCheck;

/**
 * {@code boundary/unshare-on-mprotect}: a forked child that changes the protection of a part of a folio it shares copies all it maps of that
 * folio at once, at the folio's own size.
 *
 * <p>Its parent is then sole owner again and reuses its pages instead of copying them one by one. Only pages without the exclusive flag are
 * replaced; where one has it, nothing is. The parent, and processes that share nothing, leave the folio as {@link KeepBoundary} does.
 *
 * <p>From: Matthew Wilcox in the thread on mlock of large folios, July 2023. Asked by VMA splits.
 */
final class UnshareOnMprotectBoundary implements FolioSplitPolicy.Boundary {

    private static final SplitPlan LET_GO = SplitPlan.unshareBothSides(-1, UnshareCheck.ONLY_SHARED);

    @Override
    public SplitPlan onBoundary(BoundaryEvent event) {
        boolean childCutsSharedFolio = event.kind() == BoundaryKind.VMA_EDGE
                && event.cause() == BoundaryCause.MPROTECT
                && event.vma().isForkChild()
                && event.folio().isAnon()
                && event.folio().maybeMappedShared();
        return childCutsSharedFolio ? LET_GO : SplitPlan.keep();
    }
}

package org.polymm.policy.mlock;

import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.split.SplitPlan.UnshareCheck;

/**
 * {@code boundary/split-or-copy-unchecked}: as {@code boundary/split}, and where the split fails, what this VMA maps of the folio is copied,
 * whoever counts on the old pages. Faulty.
 *
 * <p>The split fails most of all where a device has pinned the folio; the device then goes on writing to pages that the process no longer
 * maps.
 *
 * <p>From: Matthew Wilcox's first wording in the thread on mlock of large folios, July 2023; the objection is David Hildenbrand's. Asked by
 * VMA splits.
 */
final class SplitOrCopyUncheckedBoundary implements FolioSplitPolicy.Boundary {

    private static final SplitPlan PLAN = SplitPlan.split()
            .orElse(SplitPlan.unshare(-1, UnshareCheck.UNCHECKED))
            .orElse(SplitPlan.defer());

    @Override
    public SplitPlan onBoundary(BoundaryEvent event) {
        return event.kind() == BoundaryKind.VMA_EDGE && event.folio().isAnon() ? PLAN : SplitPlan.keep();
    }
}

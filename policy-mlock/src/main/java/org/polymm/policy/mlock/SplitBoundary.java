package org.polymm.policy.mlock;

import org.polymm.api.split.BoundaryEvent;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.SplitPlan;

/**
 * {@code boundary/split}: an anonymous folio that crosses the edge of a VMA is split there and then.
 *
 * <p>What is locked, protected or advised on one side of the edge then shares no folio with the other side. A split can fail at any time, by a
 * pin or by a reference held for a moment; the option {@code if-split-fails} says what then, and is what the thread is about:
 *
 * <pre>
 *   keep               leave the folio across the edge, as mainline does anyway
 *   defer              the same, and let the deferred split queue try again (David Hildenbrand: always works)
 *   copy-if-shared     copy what this VMA maps, if no page of it is exclusive (else defer)
 *   share-then-copy    copy it after clearing the exclusive flag in step with GUP-fast; a pin forbids that (else defer)
 *   eagain             have the system call fail, which is what large folios must never cause
 * </pre>
 *
 * <p>Options: {@code attempts} of the split, {@code if-split-fails}. Differs from {@link KeepBoundary} in doing anything, and from {@link
 * SplitOrCopyUncheckedBoundary} in never replacing a page somebody may count on.
 *
 * <p>From: Matthew Wilcox in the thread on mlock of large folios, July 2023, with David Hildenbrand's constraints. Asked by VMA splits.
 */
final class SplitBoundary implements FolioSplitPolicy.Boundary {

    private final SplitPlan plan;

    /**
     * Makes one.
     *
     * @param attempts of the split, at least 1
     * @param fallback tried when they failed
     */
    SplitBoundary(int attempts, SplitPlan fallback) {
        plan = SplitPlan.splitRetrying(attempts).orElse(fallback);
    }

    @Override
    public SplitPlan onBoundary(BoundaryEvent event) {
        return event.kind() == BoundaryKind.VMA_EDGE && event.folio().isAnon() ? plan : SplitPlan.keep();
    }
}

package org.polymm.policy.cow;

import org.polymm.api.PageSpan;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.view.FolioView;

/**
 * {@code copy/wide}: the largest naturally aligned span around the write, up to the size of the source folio, whose
 * pages all belong to that folio and none of which has the exclusive flag.
 *
 * <p>Differs from {@link WideUncheckedCopy} in the last condition, and from {@link InheritOrderCopy} in taking a
 * smaller span where the whole folio's will not do. When no folio of the size can be had, one page is copied.
 *
 * <p>Options: {@code max-order}: no span is larger; {@code alignment}: every span begins and ends at a multiple of this
 * order, where one page is copied otherwise.
 *
 * <p>From: Ryan Roberts, RFC version 2, patch 14, as it was to be mended after David Hildenbrand's remark, April 2023.
 * Asked by write-protect and unshare faults.
 */
final class WideCopy implements CowSizingPolicy.Copy {

    private final int maxOrder;
    private final int alignment;

    WideCopy(int maxOrder, int alignment) {
        this.maxOrder = maxOrder;
        this.alignment = alignment;
    }

    @Override
    public long copyExtent(WriteFault fault) {
        FolioView folio = fault.folio();
        if (folio.isAnon() && !folio.isKsm()) {
            for (int order = Math.min(folio.order(), maxOrder); order >= alignment; order--) {
                if (CopySpans.isMapped(fault, order) && !CopySpans.hasExclusivePage(fault, order)) {
                    return CopySpans.aligned(fault, order);
                }
            }
        }
        return PageSpan.ONE_PAGE;
    }
}

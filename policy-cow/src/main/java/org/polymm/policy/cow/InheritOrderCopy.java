package org.polymm.policy.cow;

import org.polymm.api.PageSpan;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.view.FolioView;

/**
 * {@code copy/inherit-order}: the copy has the order of the source folio, or else is one page.
 *
 * <p>Whoever copies on write keeps the size that was found right for the memory before the fork. Unlike {@link
 * WideCopy} nothing between the two sizes is tried: a folio that is cut, misaligned or partly exclusive is copied page
 * by page.
 *
 * <p>From: Matthew Wilcox in the thread on mlock of large folios, July 2023. Asked by write-protect and unshare faults.
 */
final class InheritOrderCopy implements CowSizingPolicy.Copy {

    @Override
    public long copyExtent(WriteFault fault) {
        FolioView folio = fault.folio();
        int order = folio.order();
        boolean inherits = order > 1
                && folio.isAnon()
                && !folio.isKsm()
                && CopySpans.isMapped(fault, order)
                && !CopySpans.hasExclusivePage(fault, order);
        return inherits ? CopySpans.aligned(fault, order) : PageSpan.ONE_PAGE;
    }
}

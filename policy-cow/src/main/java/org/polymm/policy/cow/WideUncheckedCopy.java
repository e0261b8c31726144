package org.polymm.policy.cow;

import org.polymm.api.PageSpan;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.WriteFault;
import org.polymm.api.view.FolioView;

/**
 * {@code copy/wide-unchecked}: the largest naturally aligned span around the write, up to the size of the source folio,
 * whose pages all belong to that folio. <b>Faulty</b>: it replaces exclusive neighbours.
 *
 * <p>A folio can hold both kinds: MADV_DONTFORK covered half of it at a fork. A pin on an exclusive page then keeps the
 * old page while the process goes on with the copy, and device and program see different memory. {@link WideCopy} is
 * the same with the check.
 *
 * <p>Option {@code max-order}: no span is larger.
 *
 * <p>From: Ryan Roberts, RFC version 2, patch 14, as sent in April 2023. Asked by write-protect and unshare faults.
 */
final class WideUncheckedCopy implements CowSizingPolicy.Copy {

    private final int maxOrder;

    WideUncheckedCopy(int maxOrder) {
        this.maxOrder = maxOrder;
    }

    @Override
    public long copyExtent(WriteFault fault) {
        FolioView folio = fault.folio();
        if (folio.isAnon() && !folio.isKsm()) {
            for (int order = Math.min(folio.order(), maxOrder); order > 1; order--) {
                if (CopySpans.isMapped(fault, order)) {
                    return CopySpans.aligned(fault, order);
                }
            }
        }
        return PageSpan.ONE_PAGE;
    }
}

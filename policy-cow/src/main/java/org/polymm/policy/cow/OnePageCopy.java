package org.polymm.policy.cow;

import org.polymm.api.PageSpan;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.WriteFault;

/**
 * {@code copy/one-page}: a write to a shared page copies that page alone, into a folio of its own.
 *
 * <p>Its siblings copy neighbours along, to save their faults and to keep large folios large.
 *
 * <p>From: mainline Linux 6.18. Asked by write-protect and unshare faults.
 */
final class OnePageCopy implements CowSizingPolicy.Copy {

    @Override
    public long copyExtent(WriteFault fault) {
        return PageSpan.ONE_PAGE;
    }
}

package org.polymm.api.split;

import org.polymm.api.view.FolioView;
import org.polymm.api.view.ThpView;

/** A folio that the deferred split queue's scan looks at. Valid during the call. Open: methods may be added. */
public interface DeferredScan {

    /** {@return the folio} */
    FolioView folio();

    /** {@return why it was queued; the last reason if there were several, but PARTIALLY_MAPPED once the folio is flagged so} */
    DeferredReason reason();

    /** {@return the settings in force} */
    ThpView thp();

    /** {@return how many of its pages hold nothing but zeroes: costs a look at every page's contents} */
    int zeroFilledPages();

    /** {@return how many of its pages no entry maps: costs an rmap walk, once a scan} */
    int unmappedPages();

    /** {@return whether some VMA maps a part of the folio up to its edge only: costs an rmap walk, once a scan} */
    boolean crossesVmaEdge();
}

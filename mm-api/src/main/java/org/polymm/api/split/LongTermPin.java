package org.polymm.api.split;

import org.polymm.api.view.FolioView;
import org.polymm.api.view.VmaView;

/** A FOLL_LONGTERM pin about to be taken on pages of a large folio. Valid during the call. Open: methods may be added. */
public interface LongTermPin {

    /** {@return the VMA it is taken through} */
    VmaView vma();

    /** {@return the folio} */
    FolioView folio();

    /** {@return how many pages of the folio are to be pinned} */
    int pinnedPages();

    /** {@return whether the pin is for writing} */
    boolean isWrite();
}

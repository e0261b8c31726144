package org.polymm.api.split;

import org.polymm.api.view.FolioView;

/** A large anonymous folio that reclaim wants to swap out. Valid during the call. Open: methods may be added. */
public interface ReclaimPick {

    /** {@return the folio, isolated and locked} */
    FolioView folio();

    /** {@return who reclaims} */
    ReclaimCause cause();

    /** {@return whether any swap is active} */
    boolean isSwapAvailable();

    /** {@return whether some entry maps the folio as a whole} */
    default boolean isEntirelyMapped() {
        return folio().entireMapcount() > 0;
    }
}

package org.polymm.api.split;

import org.polymm.api.view.FolioView;
import org.polymm.api.view.ThpView;

/** A folio that could go on the deferred split queue. Valid during the call. Open: methods may be added. */
public interface DeferredCandidate {

    /** {@return the folio} */
    FolioView folio();

    /** {@return why it is a candidate} */
    DeferredReason reason();

    /** {@return the settings in force} */
    ThpView thp();
}

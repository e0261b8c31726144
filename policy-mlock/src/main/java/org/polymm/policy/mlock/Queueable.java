package org.polymm.policy.mlock;

import org.polymm.api.view.FolioView;

/** Which folios the deferred split queue can hold. */
final class Queueable {

    private Queueable() {}

    /** Anonymous, with room for the queue's links (order 2 and above), and not in the swap cache, from where reclaim splits by itself. */
    static boolean is(FolioView folio) {
        return folio.isAnon() && folio.order() >= 2 && !folio.isInSwapCache();
    }
}

package org.polymm.engine.policy;

import org.polymm.api.split.ReclaimCause;
import org.polymm.api.split.ReclaimPick;
import org.polymm.api.view.FolioView;

/** The facts of a large folio that reclaim is about to give swap space. */
public final class ReclaimFacts implements ReclaimPick {

    private final FolioFacts folio;
    private ReclaimCause cause = ReclaimCause.DIRECT;
    private boolean swapAvailable;

    ReclaimFacts(FolioFacts folio) {
        this.folio = folio;
    }

    /**
     * Describes a folio.
     *
     * @param head the folio, isolated and locked
     * @param who who reclaims
     * @param hasSwap whether any swap is active
     * @return these facts
     */
    public ReclaimFacts at(int head, ReclaimCause who, boolean hasSwap) {
        folio.at(head);
        cause = who;
        swapAvailable = hasSwap;
        return this;
    }

    @Override
    public FolioView folio() {
        return folio;
    }

    @Override
    public ReclaimCause cause() {
        return cause;
    }

    @Override
    public boolean isSwapAvailable() {
        return swapAvailable;
    }
}

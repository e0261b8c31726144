package org.polymm.testkit.fake;

import org.polymm.api.split.ReclaimCause;
import org.polymm.api.split.ReclaimPick;
import org.polymm.api.view.FolioView;

/** A large folio that kswapd wants to swap out, unless said otherwise. */
public final class FakeReclaimPick implements ReclaimPick {

    private FolioView folio;
    private ReclaimCause cause = ReclaimCause.KSWAPD;
    private boolean swapAvailable = true;

    private FakeReclaimPick(FolioView folio) {
        this.folio = folio;
    }

    /**
     * A folio picked by kswapd.
     *
     * @param folio the folio
     * @return a new fake
     */
    public static FakeReclaimPick of(FolioView folio) {
        return new FakeReclaimPick(folio);
    }

    /**
     * Sets who reclaims.
     *
     * @param cause the cause
     * @return this
     */
    public FakeReclaimPick cause(ReclaimCause cause) {
        this.cause = cause;
        return this;
    }

    /**
     * Says whether swap is active.
     *
     * @param swapAvailable the fact
     * @return this
     */
    public FakeReclaimPick swapAvailable(boolean swapAvailable) {
        this.swapAvailable = swapAvailable;
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

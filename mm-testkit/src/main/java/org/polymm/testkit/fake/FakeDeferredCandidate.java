package org.polymm.testkit.fake;

import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.ThpView;

/** A folio that could be queued for a deferred split. */
public final class FakeDeferredCandidate implements DeferredCandidate {

    private FolioView folio;
    private DeferredReason reason;
    private ThpView thp = FakeThp.of(9);

    private FakeDeferredCandidate(FolioView folio, DeferredReason reason) {
        this.folio = folio;
        this.reason = reason;
    }

    /**
     * A candidate.
     *
     * @param folio the folio
     * @param reason why it is one
     * @return a new fake
     */
    public static FakeDeferredCandidate of(FolioView folio, DeferredReason reason) {
        return new FakeDeferredCandidate(folio, reason);
    }

    /**
     * Sets the settings.
     *
     * @param thp the settings
     * @return this
     */
    public FakeDeferredCandidate thp(ThpView thp) {
        this.thp = thp;
        return this;
    }

    @Override
    public FolioView folio() {
        return folio;
    }

    @Override
    public DeferredReason reason() {
        return reason;
    }

    @Override
    public ThpView thp() {
        return thp;
    }
}

package org.polymm.engine.policy;

import org.polymm.api.split.DeferredCandidate;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.ThpView;

/** The facts of a folio that could go on the deferred split queue. */
public final class DeferredFacts implements DeferredCandidate {

    private final FolioFacts folio;
    private final ThpFacts thp;
    private DeferredReason reason = DeferredReason.PARTIALLY_MAPPED;

    DeferredFacts(FolioFacts folio, ThpFacts thp) {
        this.folio = folio;
        this.thp = thp;
    }

    /**
     * Describes a candidate.
     *
     * @param head the folio
     * @param why why it is one
     * @return these facts
     */
    public DeferredFacts at(int head, DeferredReason why) {
        folio.at(head);
        reason = why;
        return this;
    }

    @Override
    public FolioView folio() {
        return folio;
    }

    @Override
    public ThpView thp() {
        return thp;
    }

    @Override
    public DeferredReason reason() {
        return reason;
    }
}

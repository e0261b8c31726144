package org.polymm.testkit.fake;

import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.DeferredScan;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.ThpView;

/**
 * A folio that the deferred scan looks at: no zero-filled page, every page mapped, inside its VMAs, unless said
 * otherwise.
 */
public final class FakeDeferredScan implements DeferredScan {

    private FolioView folio;
    private DeferredReason reason;
    private ThpView thp = FakeThp.of(9);
    private int zeroFilledPages = 0;
    private int unmappedPages = 0;
    private boolean crossesVmaEdge = false;
    private int contentScans = 0;
    private int rmapWalks = 0;

    private FakeDeferredScan(FolioView folio, DeferredReason reason) {
        this.folio = folio;
        this.reason = reason;
    }

    /**
     * A folio taken off the queue.
     *
     * @param folio the folio
     * @param reason why it was queued
     * @return a new fake
     */
    public static FakeDeferredScan of(FolioView folio, DeferredReason reason) {
        return new FakeDeferredScan(folio, reason);
    }

    /**
     * Sets the settings.
     *
     * @param thp the settings
     * @return this
     */
    public FakeDeferredScan thp(ThpView thp) {
        this.thp = thp;
        return this;
    }

    /**
     * Sets how many pages hold nothing but zeroes.
     *
     * @param zeroFilledPages the number
     * @return this
     */
    public FakeDeferredScan zeroFilledPages(int zeroFilledPages) {
        this.zeroFilledPages = zeroFilledPages;
        return this;
    }

    /**
     * Sets how many pages no entry maps.
     *
     * @param unmappedPages the number
     * @return this
     */
    public FakeDeferredScan unmappedPages(int unmappedPages) {
        this.unmappedPages = unmappedPages;
        return this;
    }

    /**
     * Says whether a VMA edge cuts the folio.
     *
     * @param crossesVmaEdge the fact
     * @return this
     */
    public FakeDeferredScan crossesVmaEdge(boolean crossesVmaEdge) {
        this.crossesVmaEdge = crossesVmaEdge;
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

    @Override
    public int zeroFilledPages() {
        contentScans++;
        return zeroFilledPages;
    }

    @Override
    public int unmappedPages() {
        rmapWalks = 1;
        return unmappedPages;
    }

    @Override
    public boolean crossesVmaEdge() {
        rmapWalks = 1;
        return crossesVmaEdge;
    }

    /** {@return how often the folio's contents were looked at} */
    public int contentScans() {
        return contentScans;
    }

    /** {@return how many rmap walks the answers cost: one at most} */
    public int rmapWalks() {
        return rmapWalks;
    }
}

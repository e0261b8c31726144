package org.polymm.testkit.fake;

import org.polymm.api.view.FolioView;

/** A folio: anonymous, mapped by one entry for each page, referenced by nothing else, unless said otherwise. */
public final class FakeFolio implements FolioView {

    private int order = 0;
    private boolean anon = true;
    private boolean ksm = false;
    private boolean mlocked = false;
    private boolean unevictable = false;
    private int refcount = 0;
    private int mapcount = 0;
    private int entireMapcount = 0;
    private boolean maybeMappedShared = false;
    private boolean maybePinned = false;
    private boolean partiallyMapped = false;
    private boolean onDeferredQueue = false;
    private boolean inSwapCache = false;
    private boolean everCowShared = false;

    private FakeFolio(int order) {
        this.order = order;
        this.mapcount = 1 << order;
        this.refcount = 1 << order;
    }

    /**
     * A folio of a size.
     *
     * @param order its order, at least 0
     * @return a new fake
     */
    public static FakeFolio ofOrder(int order) {
        return new FakeFolio(order);
    }

    /** {@return a new folio of one page} */
    public static FakeFolio small() {
        return new FakeFolio(0);
    }

    /**
     * Says whether it is anonymous.
     *
     * @param anon the fact
     * @return this
     */
    public FakeFolio anon(boolean anon) {
        this.anon = anon;
        return this;
    }

    /**
     * Says whether it is a KSM page.
     *
     * @param ksm the fact
     * @return this
     */
    public FakeFolio ksm(boolean ksm) {
        this.ksm = ksm;
        return this;
    }

    /**
     * Says whether PG_mlocked is set.
     *
     * @param mlocked the fact
     * @return this
     */
    public FakeFolio mlocked(boolean mlocked) {
        this.mlocked = mlocked;
        return this;
    }

    /**
     * Says whether it is on the unevictable list.
     *
     * @param unevictable the fact
     * @return this
     */
    public FakeFolio unevictable(boolean unevictable) {
        this.unevictable = unevictable;
        return this;
    }

    /**
     * Sets the reference count.
     *
     * @param refcount the number
     * @return this
     */
    public FakeFolio refcount(int refcount) {
        this.refcount = refcount;
        return this;
    }

    /**
     * Sets how many entries map a part of it.
     *
     * @param mapcount the number
     * @return this
     */
    public FakeFolio mapcount(int mapcount) {
        this.mapcount = mapcount;
        return this;
    }

    /**
     * Sets how many entries map it as a whole.
     *
     * @param entireMapcount the number
     * @return this
     */
    public FakeFolio entireMapcount(int entireMapcount) {
        this.entireMapcount = entireMapcount;
        return this;
    }

    /**
     * Says whether the scheme says it may be shared.
     *
     * @param maybeMappedShared the fact
     * @return this
     */
    public FakeFolio maybeMappedShared(boolean maybeMappedShared) {
        this.maybeMappedShared = maybeMappedShared;
        return this;
    }

    /**
     * Says whether it may be pinned.
     *
     * @param maybePinned the fact
     * @return this
     */
    public FakeFolio maybePinned(boolean maybePinned) {
        this.maybePinned = maybePinned;
        return this;
    }

    /**
     * Says whether it is flagged partially mapped.
     *
     * @param partiallyMapped the fact
     * @return this
     */
    public FakeFolio partiallyMapped(boolean partiallyMapped) {
        this.partiallyMapped = partiallyMapped;
        return this;
    }

    /**
     * Says whether it is on the deferred split queue.
     *
     * @param onDeferredQueue the fact
     * @return this
     */
    public FakeFolio onDeferredQueue(boolean onDeferredQueue) {
        this.onDeferredQueue = onDeferredQueue;
        return this;
    }

    /**
     * Says whether it is in the swap cache.
     *
     * @param inSwapCache the fact
     * @return this
     */
    public FakeFolio inSwapCache(boolean inSwapCache) {
        this.inSwapCache = inSwapCache;
        return this;
    }

    /**
     * Says whether it was ever shared by a fork.
     *
     * @param everCowShared the fact
     * @return this
     */
    public FakeFolio everCowShared(boolean everCowShared) {
        this.everCowShared = everCowShared;
        return this;
    }

    @Override
    public int order() {
        return order;
    }

    @Override
    public boolean isAnon() {
        return anon;
    }

    @Override
    public boolean isKsm() {
        return ksm;
    }

    @Override
    public boolean isMlocked() {
        return mlocked;
    }

    @Override
    public boolean isUnevictable() {
        return unevictable;
    }

    @Override
    public int refcount() {
        return refcount;
    }

    @Override
    public int mapcount() {
        return mapcount;
    }

    @Override
    public int entireMapcount() {
        return entireMapcount;
    }

    @Override
    public boolean maybeMappedShared() {
        return maybeMappedShared;
    }

    @Override
    public boolean maybePinned() {
        return maybePinned;
    }

    @Override
    public boolean isPartiallyMapped() {
        return partiallyMapped;
    }

    @Override
    public boolean isOnDeferredQueue() {
        return onDeferredQueue;
    }

    @Override
    public boolean isInSwapCache() {
        return inSwapCache;
    }

    @Override
    public boolean wasEverCowShared() {
        return everCowShared;
    }

    @Override
    public String toString() {
        return "folio of order " + order + (anon ? "" : ", file") + (ksm ? ", ksm" : "") + (mlocked ? ", mlocked" : "")
                + (maybeMappedShared ? ", maybe shared" : "") + (maybePinned ? ", maybe pinned" : "")
                + (partiallyMapped ? ", partially mapped" : "") + (onDeferredQueue ? ", on deferred queue" : "")
                + (inSwapCache ? ", in swap cache" : "") + ", " + mapcount + " mappings, " + refcount + " references";
    }
}

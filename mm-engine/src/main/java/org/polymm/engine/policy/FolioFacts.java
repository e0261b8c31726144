package org.polymm.engine.policy;

import org.polymm.api.view.FolioView;
import org.polymm.engine.frame.Frames;

/** What a policy sees of a folio. Pointed at one folio after another. */
public final class FolioFacts implements FolioView {

    private static final int PIN_BIAS = 1 << 10;

    private final Frames frames;
    private final FolioMapcounts mapcounts;
    private int head;

    FolioFacts(Frames frames, FolioMapcounts mapcounts) {
        this.frames = frames;
        this.mapcounts = mapcounts;
    }

    FolioFacts at(int headPfn) {
        head = headPfn;
        return this;
    }

    int head() {
        return head;
    }

    @Override
    public int order() {
        return frames.order(head);
    }

    @Override
    public boolean isAnon() {
        return frames.test(head, Frames.ANON);
    }

    @Override
    public boolean isKsm() {
        return frames.test(head, Frames.KSM);
    }

    @Override
    public boolean isMlocked() {
        return frames.test(head, Frames.MLOCKED);
    }

    @Override
    public boolean isUnevictable() {
        return frames.test(head, Frames.UNEVICTABLE);
    }

    @Override
    public int refcount() {
        return frames.refcount(head);
    }

    @Override
    public int mapcount() {
        return frames.mapcount(head);
    }

    @Override
    public int entireMapcount() {
        return isLarge() ? frames.entireMapcount(head) : 0;
    }

    @Override
    public boolean maybeMappedShared() {
        return mapcounts.peekMaybeShared(head);
    }

    @Override
    public boolean maybePinned() {
        return isLarge() ? frames.pincount(head) > 0 : frames.refcount(head) >= PIN_BIAS;
    }

    @Override
    public boolean isPartiallyMapped() {
        return frames.test(head, Frames.PARTIALLY_MAPPED);
    }

    @Override
    public boolean isOnDeferredQueue() {
        return frames.test(head, Frames.ON_DEFERRED);
    }

    @Override
    public boolean isInSwapCache() {
        return frames.test(head, Frames.SWAPCACHE);
    }

    @Override
    public boolean wasEverCowShared() {
        return frames.test(head, Frames.COW_SHARED);
    }
}

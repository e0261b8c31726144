package org.polymm.engine.policy;

import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.DeferredScan;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.ThpView;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Frames;

/** The facts of a folio that the deferred split queue's scan took off the queue. */
public final class DeferredScanFacts implements DeferredScan {

    /** Finds out where a folio is mapped, if a policy asks for it. */
    public interface Walk {
        /**
         * Counts the pages of a folio that no entry maps.
         *
         * @param head the folio
         * @return a number of base pages; with {@link #CROSSES} or-ed if some VMA that maps a part of it ends or begins inside it
         */
        int unmapped(int head);
    }

    /** Set in the answer of {@link Walk#unmapped} if a VMA edge cuts the folio. */
    public static final int CROSSES = 1 << 30;

    private static final int UNKNOWN = -1;

    private final Frames frames;
    private final Contents contents;
    private final FolioFacts folio;
    private final ThpFacts thp;
    private DeferredReason reason = DeferredReason.PARTIALLY_MAPPED;
    private Walk walk = head -> {
        throw new IllegalStateException("the facts of a scan are read before they are filled in");
    };
    private int walked = UNKNOWN;

    DeferredScanFacts(Frames frames, Contents contents, FolioFacts folio, ThpFacts thp) {
        this.frames = frames;
        this.contents = contents;
        this.folio = folio;
        this.thp = thp;
    }

    /**
     * Describes a folio.
     *
     * @param head the folio
     * @param why why it was queued
     * @param rmapWalk finds out where it is mapped
     * @return these facts
     */
    public DeferredScanFacts at(int head, DeferredReason why, Walk rmapWalk) {
        folio.at(head);
        reason = frames.test(head, Frames.PARTIALLY_MAPPED) ? DeferredReason.PARTIALLY_MAPPED : why;
        walk = rmapWalk;
        walked = UNKNOWN;
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
        int zero = 0;
        int head = folio.head();
        for (int page = head; contents.isOn() && page < head + frames.pages(head); page++) {
            zero += contents.read(page) == 0 ? 1 : 0;
        }
        return zero;
    }

    @Override
    public int unmappedPages() {
        return walked() & ~CROSSES;
    }

    @Override
    public boolean crossesVmaEdge() {
        return (walked() & CROSSES) != 0;
    }

    private int walked() {
        if (walked == UNKNOWN) {
            walked = walk.unmapped(folio.head());
        }
        return walked;
    }
}

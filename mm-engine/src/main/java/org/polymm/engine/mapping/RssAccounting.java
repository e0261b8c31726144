package org.polymm.engine.mapping;

import org.polymm.engine.frame.Frames;
import org.polymm.engine.vma.MmTable;

/** Counts the resident pages of address spaces by kind: {@code mm->rss_stat}. The zero page belongs to nobody's. */
public final class RssAccounting {

    private final Frames frames;
    private final MmTable mms;

    RssAccounting(Frames frames, MmTable mms) {
        this.frames = frames;
        this.mms = mms;
    }

    /**
     * Pages of a folio became, or stopped being, resident.
     *
     * @param mm the address space
     * @param head the folio
     * @param pages how many, negative if they go
     */
    public void add(int mm, int head, long pages) {
        if (frames.test(head, Frames.ANON)) {
            mms.addRssAnon(mm, pages);
        } else if (frames.test(head, Frames.SWAPBACKED)) {
            mms.addRssShmem(mm, pages);
        } else {
            mms.addRssFile(mm, pages);
        }
    }
}

package org.polymm.testkit.fake;

import org.polymm.api.split.LongTermPin;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.VmaView;

/** A long-term pin for writing on one page of a large folio, unless said otherwise. */
public final class FakeLongTermPin implements LongTermPin {

    private VmaView vma;
    private FolioView folio;
    private int pinnedPages = 1;
    private boolean write = true;

    private FakeLongTermPin(VmaView vma, FolioView folio) {
        this.vma = vma;
        this.folio = folio;
    }

    /**
     * A pin on one page.
     *
     * @param vma the VMA
     * @param folio the folio
     * @return a new fake
     */
    public static FakeLongTermPin of(VmaView vma, FolioView folio) {
        return new FakeLongTermPin(vma, folio);
    }

    /**
     * Sets how many pages are pinned.
     *
     * @param pinnedPages the number
     * @return this
     */
    public FakeLongTermPin pinnedPages(int pinnedPages) {
        this.pinnedPages = pinnedPages;
        return this;
    }

    /**
     * Says whether the pin is for writing.
     *
     * @param write the fact
     * @return this
     */
    public FakeLongTermPin write(boolean write) {
        this.write = write;
        return this;
    }

    @Override
    public VmaView vma() {
        return vma;
    }

    @Override
    public FolioView folio() {
        return folio;
    }

    @Override
    public int pinnedPages() {
        return pinnedPages;
    }

    @Override
    public boolean isWrite() {
        return write;
    }
}

package org.polymm.engine.policy;

import org.polymm.api.split.LongTermPin;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.VmaView;

/** The facts of a long-term pin on a large folio. */
public final class LongTermPinFacts implements LongTermPin {

    private final VmaFacts vma;
    private final FolioFacts folio;
    private int pages;
    private boolean write;

    LongTermPinFacts(VmaFacts vma, FolioFacts folio) {
        this.vma = vma;
        this.folio = folio;
    }

    /**
     * Describes a pin.
     *
     * @param vmaHandle the VMA it is taken through
     * @param head the folio
     * @param pinnedPages how many of its pages are to be pinned
     * @param isWrite whether they are to be written
     * @return these facts
     */
    public LongTermPinFacts at(int vmaHandle, int head, int pinnedPages, boolean isWrite) {
        vma.at(vmaHandle);
        folio.at(head);
        pages = pinnedPages;
        write = isWrite;
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
        return pages;
    }

    @Override
    public boolean isWrite() {
        return write;
    }
}

package org.polymm.engine.split;

import org.polymm.api.split.SplitPlan;

/** Splits folios, or replaces parts of them by copies, for a boundary policy's {@link SplitPlan}. */
public interface FolioSplitter {

    /**
     * Splits a large folio to base pages. No spinning lock is held; the caller has one reference.
     *
     * @param head the folio
     * @return 0 or a negated errno
     */
    int split(int head);

    /**
     * Splits a large folio of the page cache so that one page gets a folio of its own, with pieces as large as can be around it.
     *
     * @param head the folio, locked, with a reference of the caller, which stays with the first piece, as the lock does
     * @param page any of its pages
     * @return 0 or a negated errno
     */
    int splitAt(int head, int page);

    /**
     * Copies the pages of a folio that a VMA maps into new ones and maps those.
     *
     * @param vma the VMA
     * @param head the folio; the caller has one reference
     * @param from the first address to be looked at, in bytes; that of the VMA if it begins later
     * @param to where to stop, in bytes
     * @param order largest order of a new folio; -1 for the folio's own
     * @param check what is checked before a page is replaced
     * @return 0 or a negated errno
     */
    int unshare(int vma, int head, long from, long to, int order, SplitPlan.UnshareCheck check);
}

package org.polymm.engine.mm;

import org.polymm.api.split.SplitPlan;
import org.polymm.engine.state.Errno;

/** Splits folios, or replaces parts of them by copies, for a boundary policy's {@link SplitPlan}. */
public interface FolioSplitter {

    /** Never manages to: every plan goes on with its next step. */
    FolioSplitter NONE = new FolioSplitter() {
        @Override
        public int split(int head) {
            return -Errno.EAGAIN;
        }

        @Override
        public int unshare(int vma, int head, int order, SplitPlan.UnshareCheck check) {
            return -Errno.EAGAIN;
        }
    };

    /**
     * Splits a large anonymous folio to base pages. No spinning lock is held; the caller has one reference.
     *
     * @param head the folio
     * @return 0 or a negated errno, with nothing changed
     */
    int split(int head);

    /**
     * Copies the pages of a folio that a VMA maps into a new one and maps that.
     *
     * @param vma the VMA
     * @param head the folio; the caller has one reference
     * @param order of the new folio; -1 for the folio's own
     * @param check what is checked before a page is replaced
     * @return 0 or a negated errno, with nothing changed
     */
    int unshare(int vma, int head, int order, SplitPlan.UnshareCheck check);
}

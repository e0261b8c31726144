package org.polymm.api.split;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;

/**
 * A batch of entries met by the walk of mlock or munlock: consecutive entries that map consecutive pages of one folio.
 *
 * <pre>
 *     walk segment     |----------------|           at most one page table long, clipped to the VMA and to the call's range
 *     folio         [0  1  2  3  4  5  6  7]        folioFirstPage() is where page 0 would be mapped
 *     batch                ^--------^                firstPageInFolio() = 2, batchPages() = 4
 * </pre>
 *
 * The page-table lock is held. Valid during the call. Open: methods may be added.
 */
public interface MlockWalk {

    /** {@return true for mlock (the VMA is VM_LOCKED), false for munlock} */
    boolean isLocking();

    /** {@return the VMA} */
    VmaView vma();

    /** {@return the folio} */
    FolioView folio();

    /** {@return PMD if the folio is mapped as a whole, else PTE} */
    MappingLevel level();

    /** {@return the page number of the first entry of the batch} */
    long page();

    /** {@return which page of the folio the batch begins with} */
    int firstPageInFolio();

    /** {@return how many entries the batch has, in base pages} */
    int batchPages();

    /** {@return whether this is the first batch of the folio in this walk} */
    boolean isFirstBatchOfFolio();

    /** {@return the first page of the walk segment} */
    long segmentStartPage();

    /** {@return the page after the walk segment} */
    long segmentEndPage();

    /** {@return the page number where page 0 of the folio is mapped, or would be if its mapping were not cut} */
    default long folioFirstPage() {
        return page() - firstPageInFolio();
    }

    /** {@return whether the folio lies inside the walk segment, judged by addresses alone} */
    default boolean isFolioInsideSegment() {
        return folioFirstPage() >= segmentStartPage() && folioFirstPage() + folio().pages() <= segmentEndPage();
    }

    /** {@return whether the folio lies inside the VMA, judged by addresses alone} */
    default boolean isFolioInsideVma() {
        return vma().contains(folioFirstPage(), folio().pages());
    }

    /**
     * The policy's memory.
     *
     * @param scope MACHINE, MM, VMA or FOLIO
     * @return the row
     */
    PolicyMemory memory(StateScope scope);
}

package org.polymm.api.split;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;

/**
 * A batch of entries of one folio was added to, or removed from, a VM_LOCKED VMA. The page-table lock is held and the mapcounts have
 * changed already. Valid during the call. Open: methods may be added.
 */
public interface RmapChange {

    /** {@return the VMA} */
    VmaView vma();

    /** {@return the folio} */
    FolioView folio();

    /** {@return PMD if the folio was mapped or unmapped as a whole, else PTE} */
    MappingLevel level();

    /** {@return how many base pages the batch maps} */
    int batchPages();

    /** {@return whether the folio was allocated by the fault that maps it now, and is on no LRU list yet; false at a removal} */
    boolean isNewFolio();

    /** {@return whether the folio lies inside the VMA, judged by addresses alone} */
    boolean isFolioInsideVma();

    /**
     * The policy's memory.
     *
     * @param scope MACHINE, MM, VMA or FOLIO
     * @return the row
     */
    PolicyMemory memory(StateScope scope);
}

package org.polymm.api.split;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;

/** Progress of a reclaim walk over the entries of a folio in a VM_LOCKED VMA. Valid during the call. Open: methods may be added. */
public interface LockedWalk {

    /** {@return the VMA} */
    VmaView vma();

    /** {@return the folio} */
    FolioView folio();

    /** {@return the level of the entry the walk is at, or was at last} */
    MappingLevel level();

    /** {@return how many base pages of the folio this VMA was seen to map so far, the present entry included} */
    int pagesSeen();

    /** {@return whether the walk has crossed from one page table to another} */
    boolean hasCrossedPageTable();

    /** {@return false at an entry, under the page-table lock; true once after the last, with the lock dropped} */
    boolean isAtEnd();

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

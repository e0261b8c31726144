package org.polymm.api.split;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.VmaView;

/** A change of mappings cut a large anonymous folio. Valid during the call. Open: methods may be added. */
public interface BoundaryEvent {

    /** {@return what happened} */
    BoundaryKind kind();

    /** {@return the VMA that the operation works on: at a VMA split the part it will change} */
    VmaView vma();

    /** {@return the folio} */
    FolioView folio();

    /** {@return the page number of the cut; at a removal the first page removed} */
    long cutPage();

    /** {@return which operation caused it} */
    BoundaryCause cause();

    /** {@return the mapcount scheme's answer whether the folio is now partially mapped} */
    boolean isPartiallyMappedByScheme();

    /** {@return how many pages of the folio this VMA maps, by a look at its entries: costs a walk of them} */
    int pagesMappedHere();

    /**
     * The policy's memory.
     *
     * @param scope MACHINE, MM, VMA or FOLIO
     * @return the row
     */
    PolicyMemory memory(StateScope scope);
}

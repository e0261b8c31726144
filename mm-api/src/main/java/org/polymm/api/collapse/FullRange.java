package org.polymm.api.collapse;

import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.VmaView;

/** A range of small hugetlb entries without a hole. Valid during the call. Open: methods may be added. */
public interface FullRange {

    /** {@return the VMA} */
    VmaView vma();

    /** {@return the first page number of the range} */
    long page();

    /** {@return the level of the entry that could replace the range} */
    MappingLevel level();

    /** {@return whether the range is the whole hugetlb page} */
    boolean isWholePage();
}

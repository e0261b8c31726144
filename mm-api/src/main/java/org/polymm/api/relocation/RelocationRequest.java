package org.polymm.api.relocation;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.view.VmaView;

/** A faulted anonymous range that mremap moves. Valid during the call. Open: methods may be added. */
public interface RelocationRequest {

    /** {@return the VMA that is moved, or of which a part is} */
    VmaView vma();

    /** {@return the flags of the call} */
    int flags();

    /** {@return the first page moved} */
    long oldPage();

    /** {@return where it goes} */
    long newPage();

    /** {@return how many pages move} */
    long pages();

    /** {@return whether the VMA's anon_vma has children: a fork after the first fault left processes that may share its folios} */
    boolean anonVmaHasChildren();

    /** {@return whether the VMA before the destination would merge if the index matched} */
    boolean mergesWithPreviousIfRelocated();

    /** {@return whether the VMA after the destination would merge if the index matched} */
    boolean mergesWithNextIfRelocated();

    /** {@return how many entries of the range are not none: costs a look at each} */
    long populatedEntries();

    /**
     * The policy's memory.
     *
     * @param scope MACHINE, MM or VMA
     * @return the row
     */
    PolicyMemory memory(StateScope scope);
}

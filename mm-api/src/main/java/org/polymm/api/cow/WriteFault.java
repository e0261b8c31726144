package org.polymm.api.cow;

import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.view.FolioView;
import org.polymm.api.view.MappingLevel;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;

/**
 * A write-protect fault or an unshare fault on a present anonymous page.
 *
 * <pre>
 *     VMA    |---------------------------------------|
 *     PTEs     .  F0  F1  F2  F3  F4  x  F6  .            x: another folio
 *                         ^ faulting page (offset 0, page 2 of the folio)
 *                -2  -1   0   1   2                        runBefore() = 2, runAfter() = 2
 * </pre>
 *
 * Valid during the call. Open: methods may be added.
 */
public interface WriteFault {

    /** {@return the VMA} */
    VmaView vma();

    /** {@return the faulting page number} */
    long page();

    /** {@return the folio that is mapped} */
    FolioView folio();

    /** {@return which page of the folio is mapped at the fault, from 0} */
    int pageInFolio();

    /** {@return at which level the folio is mapped here} */
    MappingLevel level();

    /** {@return whether the page should become exclusive but stay read-only (a pin asks), rather than writable} */
    boolean isUnshare();

    /**
     * How many entries directly before the fault map the preceding pages of the same folio, inside the VMA and the page table. Costs a
     * look at these entries, once a fault.
     *
     * @return a number of pages, 0 at PMD level
     */
    int runBefore();

    /**
     * How many entries directly after the fault map the following pages of the same folio, inside the VMA and the page table. Costs a look
     * at these entries, once a fault.
     *
     * @return a number of pages, 0 at PMD level
     */
    int runAfter();

    /**
     * Tells whether a page of the run has the exclusive flag.
     *
     * @param offset relative to the fault, from {@code -runBefore()} to {@code runAfter()}
     * @return whether it is flagged exclusive
     * @throws IndexOutOfBoundsException if the offset is outside the run
     */
    boolean isExclusive(int offset);

    /** {@return whether the proof that was attempted for this fault held for the whole folio} */
    boolean isFolioProvenExclusive();

    /** {@return the settings in force} */
    ThpView thp();

    /**
     * The policy's memory.
     *
     * @param scope MACHINE, MM, VMA or FOLIO
     * @return the row of this fault's machine, mm, VMA or folio
     */
    PolicyMemory memory(StateScope scope);
}

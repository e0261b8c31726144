package org.polymm.api.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;

/** A fault that needs a new anonymous folio. Valid during the call. Open: methods may be added. */
public interface AnonFault {

    /** {@return why a folio is needed} */
    AnonFaultKind kind();

    /** {@return the VMA} */
    VmaView vma();

    /** {@return the faulting page number} */
    long page();

    /** {@return the settings in force} */
    ThpView thp();

    /** {@return the orders the settings enable for this VMA, without order 0} */
    OrderSet enabledOrders();

    /**
     * The orders whose naturally aligned range around the page lies inside the VMA and inside one page table, order 0 included, order 1
     * not (an anonymous folio of two pages cannot be queued for a deferred split). The PMD order is part of it only where the whole
     * PMD range is still without a page table. Just order 0 where userfaultfd is armed.
     *
     * @return the possible orders
     */
    OrderSet fittingOrders();

    /**
     * The policy's memory.
     *
     * @param scope MACHINE, MM or VMA
     * @return the row of this fault's machine, mm or VMA
     */
    PolicyMemory memory(StateScope scope);
}

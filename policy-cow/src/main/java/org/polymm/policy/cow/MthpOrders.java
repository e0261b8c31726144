package org.polymm.policy.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.cow.CowSizingPolicy;

/**
 * {@code orders/mthp}: the largest order that {@code hugepages-*kB/enabled} allows the VMA and that fits; when it
 * cannot be had, the next enabled one.
 *
 * <p>Its siblings ignore the settings below the PMD order, or step through orders that nobody enabled. Entries that map
 * the zero page count as populated, so memory that was read first is written page by page. Another thread's faster
 * fault ends the attempt, and the access faults again.
 *
 * <p>From: mainline since 6.8. Asked by anonymous page faults.
 */
final class MthpOrders implements CowSizingPolicy.Orders {

    @Override
    public OrderSet candidates(AnonFault fault) {
        return fault.kind() == AnonFaultKind.ZERO_PAGE_WRITE ? Settings.forZeroPage(fault) : fault.enabledOrders();
    }
}

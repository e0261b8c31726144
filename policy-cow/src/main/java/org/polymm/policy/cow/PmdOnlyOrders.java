package org.polymm.policy.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.cow.CowSizingPolicy;

/**
 * {@code orders/pmd-only}: a PMD-sized folio where the settings enable it and it fits, else one base page.
 *
 * <p>{@link MthpOrders} without the sizes in between.
 *
 * <p>From: mainline to 6.7. Asked by anonymous page faults.
 */
final class PmdOnlyOrders implements CowSizingPolicy.Orders {

    @Override
    public OrderSet candidates(AnonFault fault) {
        return fault.kind() == AnonFaultKind.ZERO_PAGE_WRITE
                ? Settings.forZeroPage(fault)
                : Settings.enabledPmdOrder(fault);
    }
}

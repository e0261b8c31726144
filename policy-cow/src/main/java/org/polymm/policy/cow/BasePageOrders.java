package org.polymm.policy.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.CowSizingPolicy;

/**
 * {@code orders/order0}: one base page, whatever the settings say.
 *
 * <p>The baseline that wastes no memory and takes the most faults.
 *
 * <p>From: Linux without transparent huge pages. Asked by anonymous page faults.
 */
final class BasePageOrders implements CowSizingPolicy.Orders {

    @Override
    public OrderSet candidates(AnonFault fault) {
        return OrderSet.BASE_PAGE;
    }
}

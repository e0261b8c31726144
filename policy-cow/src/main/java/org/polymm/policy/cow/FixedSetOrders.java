package org.polymm.policy.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.Unpopulated;

/**
 * {@code orders/fixed-set}: the largest of the configured orders that fits; when it cannot be had, the next of them.
 * The settings are ignored, except a VMA's own MADV_NOHUGEPAGE.
 *
 * <p>For asking what a choice of orders would gain, without arranging the settings of every size. Options: {@code
 * orders}; {@code replace-zero-pages}, whether entries that map the shared zero page count as free and are replaced.
 *
 * <p>From: the sweeps over orders in the thread. Asked by anonymous page faults.
 */
final class FixedSetOrders implements CowSizingPolicy.Orders {

    private final OrderSet orders;
    private final boolean replaceZeroPages;

    FixedSetOrders(OrderSet orders, boolean replaceZeroPages) {
        this.orders = orders;
        this.replaceZeroPages = replaceZeroPages;
    }

    @Override
    public OrderSet candidates(AnonFault fault) {
        if (fault.vma().refusesHugePages()) {
            return OrderSet.BASE_PAGE;
        }
        return fault.kind() == AnonFaultKind.ZERO_PAGE_WRITE && !replaceZeroPages
                ? Settings.forZeroPage(fault)
                : orders;
    }

    @Override
    public Unpopulated unpopulated(AnonFault fault) {
        return replaceZeroPages ? Unpopulated.NONE_OR_ZERO_PAGE : Unpopulated.NONE_ENTRIES;
    }
}

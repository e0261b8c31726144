package org.polymm.policy.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFault;

/** What several of the policies read from the settings in force. */
final class Settings {

    /** The orders between a base page and a PMD, order 1 apart, which no anonymous folio has. */
    private static final OrderSet ABOVE_ONE =
            OrderSet.upTo(OrderSet.MAX_ORDER).without(0).without(1);

    private Settings() {}

    /** The PMD order alone, if it is enabled for the fault's VMA; else nothing. */
    static OrderSet enabledPmdOrder(AnonFault fault) {
        return fault.enabledOrders().and(OrderSet.of(fault.thp().pmdOrder()));
    }

    /**
     * What mainline tries for a write to the shared zero page: a PMD-sized folio for the huge zero page, which leaves
     * the whole PMD range free of a page table; a base page for any smaller one.
     */
    static OrderSet forZeroPage(AnonFault fault) {
        return fault.fittingOrders().and(OrderSet.of(fault.thp().pmdOrder()));
    }

    /** Orders 2 to a limit that are smaller than a PMD. */
    static OrderSet belowPmd(AnonFault fault, OrderSet orders) {
        return orders.and(ABOVE_ONE).below(fault.thp().pmdOrder());
    }
}

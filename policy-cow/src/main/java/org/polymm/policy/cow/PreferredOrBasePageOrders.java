package org.polymm.policy.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.RaceDecision;

/**
 * {@code orders/preferred-or-zero}: one preferred order if it fits, else a base page; nothing in between, neither at
 * the edge of a VMA, nor after a failed allocation, nor after a lost race.
 *
 * <p>The simplest of the proposals: what {@link DescendingFitOrders} gains over it is what the intermediate orders are
 * worth. PMD-sized folios go by their setting as ever. Option: {@code order}.
 *
 * <p>From: Yu Zhao, the "simple order" measured beside version 2, July 2023. Asked by anonymous page faults.
 */
final class PreferredOrBasePageOrders implements CowSizingPolicy.Orders {

    private final OrderSet preferred;

    PreferredOrBasePageOrders(int order) {
        this.preferred = OrderSet.of(order);
    }

    @Override
    public OrderSet candidates(AnonFault fault) {
        return fault.kind() == AnonFaultKind.ZERO_PAGE_WRITE
                ? Settings.forZeroPage(fault)
                : Settings.enabledPmdOrder(fault).or(Settings.belowPmd(fault, preferred));
    }

    @Override
    public RaceDecision afterLostRace(AnonFault fault, int order) {
        return order == fault.thp().pmdOrder() ? RaceDecision.RELEASE : RaceDecision.RETRY_BASE_PAGE;
    }
}

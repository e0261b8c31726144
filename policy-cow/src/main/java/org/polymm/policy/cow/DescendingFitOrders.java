package org.polymm.policy.cow;

import org.polymm.api.OrderSet;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.cow.CowSizingPolicy;
import org.polymm.api.cow.RaceDecision;
import org.polymm.api.cow.Unpopulated;

/**
 * {@code orders/descending-fit}: every order from a maximum down to 2 that fits, the largest first; a lost race retries
 * the next smaller.
 *
 * <p>Differs from {@link MthpOrders} in that no setting names the sizes, and from {@link PreferredOrBasePageOrders} in
 * that sizes between the maximum and a base page are used where the VMA's edge or a neighbour leaves less room.
 * PMD-sized folios go by their setting as ever.
 *
 * <p>Options: {@code max-order}; {@code alignment}, the order that every large folio begins and ends at a multiple of,
 * which hardware that joins translations of aligned blocks asks for (2 for arm64's pages in a row, 4 for its contiguous
 * bit); {@code on-allocation-failure}: {@code step-down} tries the next smaller order (version
 * 1), {@code base-page} gives up at once (version 2); {@code replace-zero-pages}: entries that map the shared zero page
 * count as free, as if they had not been read (RFC version 2); {@code honour-nohugepage}: a VMA with MADV_NOHUGEPAGE
 * gets base pages (from version 3 on; the versions before did not look at it).
 *
 * <p>From: Ryan Roberts, RFC 1 to version 3, March to July 2023. Asked by anonymous page faults.
 */
final class DescendingFitOrders implements CowSizingPolicy.Orders {

    private final OrderSet orders;
    private final boolean stepDown;
    private final boolean replaceZeroPages;
    private final boolean honourNohugepage;

    DescendingFitOrders(
            int maxOrder, int alignment, boolean stepDown, boolean replaceZeroPages, boolean honourNohugepage) {
        this.orders = OrderSet.ofMask(OrderSet.upTo(maxOrder).mask() & -(1 << alignment));
        this.stepDown = stepDown;
        this.replaceZeroPages = replaceZeroPages;
        this.honourNohugepage = honourNohugepage;
    }

    @Override
    public OrderSet candidates(AnonFault fault) {
        if (honourNohugepage && fault.vma().refusesHugePages()) {
            return OrderSet.BASE_PAGE;
        }
        if (fault.kind() == AnonFaultKind.ZERO_PAGE_WRITE) {
            OrderSet huge = Settings.forZeroPage(fault);
            return replaceZeroPages ? huge.or(Settings.belowPmd(fault, orders)) : huge;
        }
        return Settings.enabledPmdOrder(fault).or(Settings.belowPmd(fault, orders));
    }

    @Override
    public OrderSet afterAllocationFailure(AnonFault fault, int failedOrder, OrderSet remaining) {
        return stepDown || failedOrder == fault.thp().pmdOrder() ? remaining : OrderSet.NONE;
    }

    @Override
    public RaceDecision afterLostRace(AnonFault fault, int order) {
        return order == fault.thp().pmdOrder() ? RaceDecision.RELEASE : RaceDecision.RETRY_SMALLER;
    }

    @Override
    public Unpopulated unpopulated(AnonFault fault) {
        return replaceZeroPages ? Unpopulated.NONE_OR_ZERO_PAGE : Unpopulated.NONE_ENTRIES;
    }
}

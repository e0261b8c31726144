package org.polymm.testkit.fake;

import org.polymm.api.OrderSet;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;

/** Settings of transparent huge pages: the defaults of Linux with no size enabled, unless said otherwise. */
public final class FakeThp implements ThpView {

    private final int pmdOrder;
    private int maxPtesNone;
    private int maxPtesSwap;
    private int maxPtesShared;
    private boolean shrinkUnderused = true;
    private OrderSet always = OrderSet.NONE;
    private OrderSet madvise = OrderSet.NONE;

    private FakeThp(int pmdOrder) {
        this.pmdOrder = pmdOrder;
        this.maxPtesNone = (1 << pmdOrder) - 1;
        this.maxPtesSwap = (1 << pmdOrder) / 8;
        this.maxPtesShared = (1 << pmdOrder) / 2;
    }

    /**
     * The settings of a machine.
     *
     * @param pmdOrder the order of a PMD-sized folio: 9 with page tables of 512 entries, 3 with 8
     * @return a new fake
     */
    public static FakeThp of(int pmdOrder) {
        return new FakeThp(pmdOrder);
    }

    /**
     * Enables orders for every VMA.
     *
     * @param orders the orders set to {@code always}
     * @return this
     */
    public FakeThp always(int... orders) {
        this.always = OrderSet.of(orders);
        return this;
    }

    /**
     * Enables orders for VMAs with MADV_HUGEPAGE.
     *
     * @param orders the orders set to {@code madvise}
     * @return this
     */
    public FakeThp madvise(int... orders) {
        this.madvise = OrderSet.of(orders);
        return this;
    }

    /**
     * Sets the limits of khugepaged.
     *
     * @param none max_ptes_none
     * @param swap max_ptes_swap
     * @param shared max_ptes_shared
     * @return this
     */
    public FakeThp limits(int none, int swap, int shared) {
        this.maxPtesNone = none;
        this.maxPtesSwap = swap;
        this.maxPtesShared = shared;
        return this;
    }

    /**
     * Sets shrink_underused.
     *
     * @param shrinkUnderused the setting
     * @return this
     */
    public FakeThp shrinkUnderused(boolean shrinkUnderused) {
        this.shrinkUnderused = shrinkUnderused;
        return this;
    }

    @Override
    public int pmdOrder() {
        return pmdOrder;
    }

    @Override
    public int maxPtesNone() {
        return maxPtesNone;
    }

    @Override
    public int maxPtesSwap() {
        return maxPtesSwap;
    }

    @Override
    public int maxPtesShared() {
        return maxPtesShared;
    }

    @Override
    public boolean shrinkUnderused() {
        return shrinkUnderused;
    }

    @Override
    public OrderSet enabledOrders(VmaView vma) {
        if (vma.refusesHugePages()) {
            return OrderSet.NONE;
        }
        return vma.wantsHugePages() ? always.or(madvise) : always;
    }
}

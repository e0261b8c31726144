package org.polymm.testkit.fake;

import org.polymm.api.OrderSet;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;

/**
 * A first touch of a page in a VMA that has no page tables yet, unless said otherwise. Which orders fit, it computes.
 */
public final class FakeAnonFault implements AnonFault {

    private final VmaView vma;
    private final long page;
    private AnonFaultKind kind = AnonFaultKind.FIRST_TOUCH;
    private ThpView thp = FakeThp.of(9);
    private boolean pageTable;
    private FakeMemory memory = new FakeMemory();

    private FakeAnonFault(VmaView vma, long page) {
        this.vma = vma;
        this.page = page;
    }

    /**
     * A fault.
     *
     * @param vma the VMA
     * @param page the faulting page number, inside it
     * @return a new fake
     * @throws IllegalArgumentException if the page is outside the VMA
     */
    public static FakeAnonFault of(VmaView vma, long page) {
        if (!vma.contains(page, 1)) {
            throw new IllegalArgumentException("page " + page + " is not inside " + vma);
        }
        return new FakeAnonFault(vma, page);
    }

    /**
     * Sets why a folio is needed.
     *
     * @param kind the kind
     * @return this
     */
    public FakeAnonFault kind(AnonFaultKind kind) {
        this.kind = kind;
        return this;
    }

    /**
     * Sets the settings in force.
     *
     * @param thp the settings
     * @return this
     */
    public FakeAnonFault thp(ThpView thp) {
        this.thp = thp;
        return this;
    }

    /**
     * Says whether the PMD range has a page table, so that a PMD entry cannot be set any more.
     *
     * @param pageTable the fact
     * @return this
     */
    public FakeAnonFault withPageTable(boolean pageTable) {
        this.pageTable = pageTable;
        return this;
    }

    /**
     * Uses memory that other fakes use too.
     *
     * @param memory the memory
     * @return this
     */
    public FakeAnonFault memory(FakeMemory memory) {
        this.memory = memory;
        return this;
    }

    @Override
    public AnonFaultKind kind() {
        return kind;
    }

    @Override
    public VmaView vma() {
        return vma;
    }

    @Override
    public long page() {
        return page;
    }

    @Override
    public ThpView thp() {
        return thp;
    }

    @Override
    public OrderSet enabledOrders() {
        return thp.enabledOrders(vma);
    }

    @Override
    public OrderSet fittingOrders() {
        OrderSet fitting = OrderSet.BASE_PAGE;
        if (vma.isUffdArmed()) {
            return fitting;
        }
        for (int order = 2; order <= thp.pmdOrder(); order++) {
            boolean free = order < thp.pmdOrder() || !pageTable;
            if (free && vma.contains(page >> order << order, 1L << order)) {
                fitting = fitting.with(order);
            }
        }
        return fitting;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        return memory.of(scope);
    }

    @Override
    public String toString() {
        return kind + " at page " + page + " of " + vma + ", fitting " + fittingOrders();
    }
}

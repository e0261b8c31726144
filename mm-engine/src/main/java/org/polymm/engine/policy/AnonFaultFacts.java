package org.polymm.engine.policy;

import org.polymm.api.OrderSet;
import org.polymm.api.PolicyMemory;
import org.polymm.api.StateScope;
import org.polymm.api.cow.AnonFault;
import org.polymm.api.cow.AnonFaultKind;
import org.polymm.api.plugin.Slot;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;

/** The facts of a fault that needs a new anonymous folio; filled by the fault handler. */
public final class AnonFaultFacts implements AnonFault {

    private final VmaFacts vma;
    private final ThpFacts thp;
    private final PolicyMemories memories;
    private AnonFaultKind kind = AnonFaultKind.FIRST_TOUCH;
    private long page;
    private int mm;
    private OrderSet fitting = OrderSet.BASE_PAGE;

    AnonFaultFacts(VmaFacts vma, ThpFacts thp, PolicyMemories memories) {
        this.vma = vma;
        this.thp = thp;
        this.memories = memories;
    }

    /**
     * Describes a fault.
     *
     * @param newKind why a folio is needed
     * @param newMm the address space
     * @param newVma the VMA
     * @param newPage the faulting page number
     * @param fittingMask the orders that fit, as bits, order 0 among them
     * @return these facts
     */
    public AnonFaultFacts at(AnonFaultKind newKind, int newMm, int newVma, long newPage, int fittingMask) {
        kind = newKind;
        mm = newMm;
        vma.at(newVma);
        page = newPage;
        fitting = OrderSet.ofMask(fittingMask);
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
        return thp.enabled(vma.handle());
    }

    @Override
    public OrderSet fittingOrders() {
        return fitting;
    }

    @Override
    public PolicyMemory memory(StateScope scope) {
        return memories.row(
                Slot.COW_SIZING_ORDERS,
                scope,
                scope == StateScope.VMA ? vma.handle() : scope == StateScope.MM ? mm : 0);
    }
}

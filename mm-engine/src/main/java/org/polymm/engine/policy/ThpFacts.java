package org.polymm.engine.policy;

import org.polymm.api.OrderSet;
import org.polymm.api.view.ThpView;
import org.polymm.api.view.VmaView;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.ThpTunable;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** What a policy sees of the transparent huge page settings. */
public final class ThpFacts implements ThpView {

    private final ThpSettings settings;
    private final Geometry geometry;
    private final VmaTable vmas;

    ThpFacts(ThpSettings settings, Geometry geometry, VmaTable vmas) {
        this.settings = settings;
        this.geometry = geometry;
        this.vmas = vmas;
    }

    @Override
    public int pmdOrder() {
        return geometry.pmdOrder();
    }

    @Override
    public int maxPtesNone() {
        return (int) settings.get(ThpTunable.MAX_PTES_NONE);
    }

    @Override
    public int maxPtesSwap() {
        return (int) settings.get(ThpTunable.MAX_PTES_SWAP);
    }

    @Override
    public int maxPtesShared() {
        return (int) settings.get(ThpTunable.MAX_PTES_SHARED);
    }

    @Override
    public boolean shrinkUnderused() {
        return settings.isOn(ThpTunable.SHRINK_UNDERUSED);
    }

    @Override
    public OrderSet enabledOrders(VmaView vma) {
        return enabled(((VmaFacts) vma).handle());
    }

    OrderSet enabled(int vma) {
        long flags = vmas.flags(vma);
        return (flags & VmFlags.VM_NOHUGEPAGE) != 0
                ? OrderSet.NONE
                : OrderSet.ofMask(settings.enabledOrders((flags & VmFlags.VM_HUGEPAGE) != 0));
    }
}

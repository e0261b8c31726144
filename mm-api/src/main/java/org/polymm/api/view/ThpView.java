package org.polymm.api.view;

import org.polymm.api.OrderSet;

/** Transparent huge page settings with the meaning of {@code /sys/kernel/mm/transparent_hugepage}. Open: methods may be added. */
public interface ThpView {

    /** {@return the order of a folio that one PMD entry maps: 9 on x86-64, smaller on a machine made for exploring} */
    int pmdOrder();

    /** {@return khugepaged/max_ptes_none, in entries per PMD} */
    int maxPtesNone();

    /** {@return khugepaged/max_ptes_swap, in entries per PMD} */
    int maxPtesSwap();

    /** {@return khugepaged/max_ptes_shared, in entries per PMD} */
    int maxPtesShared();

    /** {@return shrink_underused} */
    boolean shrinkUnderused();

    /**
     * The orders that the settings allow a VMA for anonymous memory: those set to {@code always}, to {@code madvise} where the VMA
     * has MADV_HUGEPAGE, or to {@code inherit} where the global setting says so. Order 0 is not part of it.
     *
     * @param vma a VMA
     * @return the enabled orders
     */
    OrderSet enabledOrders(VmaView vma);
}

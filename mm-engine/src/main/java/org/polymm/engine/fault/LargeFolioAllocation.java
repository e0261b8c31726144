package org.polymm.engine.fault;

import org.polymm.api.OrderSet;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/** Looks for room for a large folio, in a page table and in memory. */
final class LargeFolioAllocation {

    private final PageTables tables;
    private final Folios folios;
    private final ThpSettings settings;
    private final VmaTable vmas;

    LargeFolioAllocation(FaultParts parts) {
        tables = parts.tables();
        folios = parts.memory().folios();
        settings = parts.memory().thp();
        vmas = parts.spaces().vmas();
    }

    /**
     * Drops the orders whose aligned range around an address is not empty, looking without the page-table lock. Only those above the
     * first empty one are looked at: a smaller range that contains the address is empty if a larger one is.
     *
     * @param orders orders that fit into one table, and 0
     */
    OrderSet startingWithEmpty(int root, long address, OrderSet orders, boolean zeroIsEmpty) {
        OrderSet left = orders;
        while (left.highest() > 0 && !peekEmpty(root, address, left.highest(), zeroIsEmpty)) {
            left = left.below(left.highest());
        }
        return left;
    }

    private boolean peekEmpty(int root, long address, int order, boolean zeroIsEmpty) {
        long first = address & -(Geometry.PAGE_SIZE << order);
        for (int i = 0; i < 1 << order; i++) {
            if (!isEmpty(tables.peek(root, first + i * Geometry.PAGE_SIZE), zeroIsEmpty)) {
                return false;
            }
        }
        return true;
    }

    /** Whether consecutive entries of a table are empty, under its lock. */
    static boolean isEmpty(long[] row, int index, int count, boolean zeroIsEmpty) {
        for (int i = index; i < index + count; i++) {
            if (!isEmpty(row[i], zeroIsEmpty)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEmpty(long entry, boolean zeroIsEmpty) {
        return entry == Pte.NONE || zeroIsEmpty && Pte.isZeroPage(entry) && !Pte.isUffdWp(entry);
    }

    /**
     * Allocates a large anonymous folio as hard as {@code defrag} says: {@code vma_thp_gfp_mask}.
     *
     * @return its head, or 0
     */
    int allocate(int vma, int order) {
        return settings.defrag().reclaimsDirectly(vmas.has(vma, VmFlags.VM_HUGEPAGE))
                ? folios.allocAnon(order)
                : folios.tryAllocAnon(order);
    }
}

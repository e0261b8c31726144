package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.TableMoveDecision;

/**
 * {@code table-move/unchecked}: mremap moves the page table that it saw before it took the PMD locks. Faulty.
 *
 * <p>While only the holder of the mmap_lock for writing freed tables, nothing could have changed. Since khugepaged retracts tables without
 * that lock (6.6), the entry may be empty by then, and what is installed as a page table is physical page 0.
 *
 * <p>From: mainline Linux to 6.11; found by Jann Horn, 2024. Asked by mremap.
 */
final class UncheckedTableMove implements CollapsePolicy.TableMove {

    @Override
    public TableMoveDecision onTableMove(Facts move) {
        return TableMoveDecision.UNCHECKED;
    }
}

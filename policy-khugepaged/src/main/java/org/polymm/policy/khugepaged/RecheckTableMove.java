package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.TableMoveDecision;

/**
 * {@code table-move/recheck}: mremap moves a whole table only if, with both PMD locks held, the old entry still is one.
 *
 * <p>Without that look a retraction in between leaves mremap with the address of nothing, which it would install as a
 * page table.
 *
 * <p>From: Jann Horn, mainline since 6.12. Asked by mremap.
 */
final class RecheckTableMove implements CollapsePolicy.TableMove {

    @Override
    public TableMoveDecision onTableMove(Facts move) {
        return TableMoveDecision.RECHECK_UNDER_LOCKS;
    }
}

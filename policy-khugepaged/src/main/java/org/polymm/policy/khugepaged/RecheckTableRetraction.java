package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/**
 * {@code retract/recheck-table}: as {@code retract/recheck-under-ptl}, and looks under the PMD lock whether the entry still is a table.
 *
 * <p>An empty table may be freed by others since 6.14, and another empty one may stand in its place: then that one is removed, for the huge
 * folio's lock keeps any table here empty. A sticky mark of guard regions, which 6.18 does not have yet, is not looked at: where they do not
 * show as an anon_vma they are lost.
 *
 * <p>From: Qi Zheng, 2024, mainline Linux 6.14. Run by khugepaged and MADV_COLLAPSE of file memory.
 */
final class RecheckTableRetraction extends LocklessRetraction {

    RecheckTableRetraction(AnonVmaRule anonVma) {
        super(anonVma);
    }

    @Override
    boolean clear(RetractionSteps steps) {
        boolean cleared = false;
        steps.startNotifier();
        steps.lockPmd();
        if (steps.readPmd() == PmdState.TABLE) {
            steps.lockTable();
            if (anonVma.isFine(steps) && !steps.readUffdWriteProtect()) {
                cleared = steps.clearPmd();
            }
            steps.unlockTable();
        }
        steps.unlockPmd();
        steps.endNotifier();
        return cleared;
    }
}

package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/**
 * {@code retract/scan-empty}: removes a table if, under the page-table lock, every one of its entries is empty.
 *
 * <p>What is about to be thrown away is looked at itself, not signs of it: whatever may ever be put into a table is safe. The price is a look
 * at every entry of every table, under its lock.
 *
 * <p>From: Jann Horn, review of version 1, 2023; not taken up. Run by khugepaged and MADV_COLLAPSE of file memory.
 */
final class ScanEmptyRetraction extends LocklessRetraction {

    ScanEmptyRetraction(AnonVmaRule anonVma) {
        super(anonVma);
    }

    @Override
    boolean clear(RetractionSteps steps) {
        boolean cleared = false;
        steps.startNotifier();
        steps.lockPmd();
        if (steps.readPmd() == PmdState.TABLE) {
            steps.lockTable();
            if (steps.isTableEmpty()) {
                cleared = steps.clearPmd();
            }
            steps.unlockTable();
        }
        steps.unlockPmd();
        steps.endNotifier();
        return cleared;
    }
}

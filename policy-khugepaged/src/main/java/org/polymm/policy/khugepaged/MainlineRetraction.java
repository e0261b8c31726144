package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.LockMode;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/**
 * {@code retract/mainline}: removes the table from every mapping that has neither an anon_vma nor userfaultfd
 * write-protection, checked before the locks and once more under them.
 *
 * <p>The checks in front spare the locks; those under the page-table lock decide, since only they exclude UFFDIO_COPY
 * into a private mapping (which sets the anon_vma) and UFFDIO_WRITEPROTECT (which leaves markers in a table without
 * pages). Under the PMD lock the entry must still be a table; that it may be another one by now does no harm, for the
 * huge folio's lock keeps any table here empty. No mmap_lock, no VMA lock, nothing deferred; a target of MADV_COLLAPSE
 * is left to the engine, which maps it afterwards.
 *
 * <p>From: Hugh Dickins, 6.6, with Qi Zheng's look at the PMD of 6.14; the order is that of mainline Linux 6.18, where
 * guard regions show as an anon_vma. Run by khugepaged and MADV_COLLAPSE of file memory.
 */
final class MainlineRetraction implements CollapsePolicy.Retraction {

    @Override
    public void retract(RetractionSteps steps) {
        steps.lockMapping(LockMode.READ);
        while (steps.nextMapping()) {
            if (steps.readHasAnonVma()
                    || !steps.fitsPmd()
                    || steps.readPmd() != PmdState.TABLE
                    || steps.readMmExiting()
                    || steps.readUffdWriteProtect()) {
                continue;
            }
            steps.startNotifier();
            boolean cleared = clearUnderLocks(steps);
            steps.endNotifier();
            if (cleared) {
                steps.freeTableDeferred();
            }
        }
        steps.unlockMapping();
    }

    private static boolean clearUnderLocks(RetractionSteps steps) {
        boolean cleared = false;
        steps.lockPmd();
        if (steps.readPmd() == PmdState.TABLE) {
            steps.lockTable();
            if (!steps.readHasAnonVma() && !steps.readUffdWriteProtect()) {
                cleared = steps.clearPmd();
            }
            steps.unlockTable();
        }
        steps.unlockPmd();
        return cleared;
    }
}

package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/**
 * {@code retract/mainline}: removes the table from every mapping that has neither an anon_vma nor userfaultfd
 * write-protection nor guard regions, checked before the locks and once more under them.
 *
 * <p>The checks in front spare the locks; those under the page-table lock decide, since only they exclude UFFDIO_COPY
 * into a private mapping (which sets the anon_vma) and UFFDIO_WRITEPROTECT (which leaves markers in a table without
 * pages). Under the PMD lock the entry must still be a table; that it may be another one by now does no harm, for the
 * huge folio's lock keeps any table here empty. No mmap_lock, no VMA lock, nothing deferred; a target of MADV_COLLAPSE
 * is left to the engine, which maps it afterwards.
 *
 * <p>Up to 6.18 guard regions show as an anon_vma and the look at their mark finds nothing; later kernels mark the VMA instead, before the
 * first marker is installed, and then that look is the one that counts.
 *
 * <p>From: Hugh Dickins, 6.6, with Qi Zheng's look at the PMD of 6.14 and Lorenzo Stoakes's guard regions. Run by khugepaged and MADV_COLLAPSE
 * of file memory.
 */
final class MainlineRetraction extends LocklessRetraction {

    MainlineRetraction(AnonVmaRule anonVma) {
        super(anonVma);
    }

    @Override
    boolean clear(RetractionSteps steps) {
        boolean cleared = false;
        steps.startNotifier();
        steps.lockPmd();
        if (steps.readPmd() == PmdState.TABLE) {
            steps.lockTable();
            if (anonVma.isFine(steps) && !steps.readUffdWriteProtect() && !steps.readGuardRegions()) {
                cleared = steps.clearPmd();
            }
            steps.unlockTable();
        }
        steps.unlockPmd();
        steps.endNotifier();
        return cleared;
    }
}

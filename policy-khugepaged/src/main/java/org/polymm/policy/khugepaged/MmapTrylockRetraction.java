package org.polymm.policy.khugepaged;

import org.polymm.api.ScanResult;
import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.LockMode;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/**
 * {@code retract/mmap-trylock}: checks and clears with the mmap_lock and the VMA held for writing, if the mmap_lock can be had without
 * waiting; what khugepaged cannot have it remembers, and tries again when it next comes to that process.
 *
 * <p>Nothing can get in between: faults, userfaultfd and mremap all need one of these locks. The cost is a writer's mmap_lock of every process
 * that maps the file, and memory that stays mapped by small entries wherever that lock is busy. The target of MADV_COLLAPSE is mapped huge at
 * once, the other processes of a MADV_COLLAPSE are left alone.
 *
 * <p>Option: {@code anon-vma} ({@link AnonVmaRule}).
 *
 * <p>From: mainline Linux to 6.5. Run by khugepaged and MADV_COLLAPSE of file memory.
 */
final class MmapTrylockRetraction implements CollapsePolicy.Retraction {

    private final AnonVmaRule anonVma;

    MmapTrylockRetraction(AnonVmaRule anonVma) {
        this.anonVma = anonVma;
    }

    @Override
    public void retract(RetractionSteps steps) {
        steps.lockMapping(LockMode.WRITE);
        while (steps.nextMapping()) {
            ScanResult result = visit(steps);
            if (steps.isTarget()) {
                steps.reportTarget(result);
            }
        }
        steps.unlockMapping();
    }

    @Override
    public void retryDeferred(RetractionSteps steps) {
        while (steps.nextMapping()) {
            retractUnderMmapLock(steps);
        }
    }

    private ScanResult visit(RetractionSteps steps) {
        if (!anonVma.seemsFine(steps)) {
            return ScanResult.PAGE_ANON;
        }
        boolean wanted = steps.isKhugepaged() || steps.isTarget();
        if (!steps.fitsPmd() || !wanted) {
            return ScanResult.FAIL;
        }
        PmdState pmd = steps.readPmd();
        if (pmd != PmdState.TABLE) {
            return pmd == PmdState.HUGE ? ScanResult.PMD_MAPPED : ScanResult.NO_PTE_TABLE;
        }
        if (!steps.tryLockMmap(LockMode.WRITE)) {
            if (steps.isKhugepaged()) {
                steps.deferRetry();
            }
            return ScanResult.FAIL;
        }
        ScanResult result = retractUnderMmapLock(steps);
        steps.unlockMmap();
        return result;
    }

    private ScanResult retractUnderMmapLock(RetractionSteps steps) {
        if (!steps.startVmaWrite()) {
            return ScanResult.FAIL;
        }
        if (!anonVma.seemsFine(steps)) {
            return ScanResult.PAGE_ANON;
        }
        if (steps.readMmExiting()) {
            return ScanResult.ANY_PROCESS;
        }
        if (steps.readUffdWriteProtect()) {
            return ScanResult.PTE_UFFD_WP;
        }
        steps.startNotifier();
        steps.lockPmd();
        boolean fine = steps.readPmd() == PmdState.TABLE && mayLoseTable(steps);
        boolean cleared = fine && steps.clearPmd();
        if (cleared && steps.isTarget()) {
            steps.installHugePmd();
        }
        steps.unlockPmd();
        steps.endNotifier();
        if (cleared) {
            steps.freeTableNow();
        }
        return cleared ? ScanResult.SUCCEED : ScanResult.FAIL;
    }

    /** Faults are kept out, but not who unmaps pages by way of the anon_vma: so the table is looked at under its lock. */
    private boolean mayLoseTable(RetractionSteps steps) {
        if (anonVma == AnonVmaRule.SKIP) {
            return true;
        }
        steps.lockTable();
        boolean fine = anonVma.isFine(steps);
        steps.unlockTable();
        return fine;
    }
}

package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.LockMode;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/**
 * {@code retract/mmap-read}: checks and clears with the mmap_lock held for reading, if it can be had without waiting.
 *
 * <p>Registering userfaultfd takes that lock for writing, so no marker gets in between. A page of UFFDIO_COPY does: it needs the lock for
 * reading only. And since the lock can only be tried for, a busy process keeps its table for good, which is what the thread set out to end.
 *
 * <p>Option: {@code anon-vma} ({@link AnonVmaRule}).
 *
 * <p>From: Peter Xu's question in the thread, May 2023, and the answer to it. Run by khugepaged and MADV_COLLAPSE of file memory.
 */
final class MmapReadRetraction implements CollapsePolicy.Retraction {

    private final AnonVmaRule anonVma;

    MmapReadRetraction(AnonVmaRule anonVma) {
        this.anonVma = anonVma;
    }

    @Override
    public void retract(RetractionSteps steps) {
        steps.lockMapping(LockMode.READ);
        while (steps.nextMapping()) {
            boolean candidate = anonVma.seemsFine(steps) && steps.fitsPmd() && steps.readPmd() == PmdState.TABLE;
            if (candidate && steps.tryLockMmap(LockMode.READ)) {
                if (!steps.readMmExiting() && !steps.readUffdWriteProtect() && clear(steps)) {
                    steps.freeTableDeferred();
                }
                steps.unlockMmap();
            }
        }
        steps.unlockMapping();
    }

    private boolean clear(RetractionSteps steps) {
        boolean cleared = false;
        steps.startNotifier();
        steps.lockPmd();
        if (steps.readPmd() == PmdState.TABLE) {
            steps.lockTable();
            cleared = (anonVma == AnonVmaRule.SKIP || anonVma.isFine(steps)) && steps.clearPmd();
            steps.unlockTable();
        }
        steps.unlockPmd();
        steps.endNotifier();
        return cleared;
    }
}

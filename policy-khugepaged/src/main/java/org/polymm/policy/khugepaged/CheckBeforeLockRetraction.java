package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.RetractionSteps;

/**
 * {@code retract/check-before-lock}: removes the table from every mapping that had neither an anon_vma nor userfaultfd write-protection when
 * it was looked at, before the locks. Faulty.
 *
 * <p>The argument was that the huge folio's lock and the retry entries keep everybody from putting a page there, so that markers must be older
 * than the check. Two things get in all the same between check and lock: UFFDIO_WRITEPROTECT places markers where nothing was ever mapped, and
 * UFFDIO_COPY puts an anonymous page into a private mapping without asking the page cache. No MMU notifier is told either, so that an IOMMU
 * goes on using the table.
 *
 * <p>From: Hugh Dickins, 28 May 2023, version 1, patch 9; the doubts are Peter Xu's and Jann Horn's. Run by khugepaged and MADV_COLLAPSE of
 * file memory.
 */
final class CheckBeforeLockRetraction extends LocklessRetraction {

    CheckBeforeLockRetraction(AnonVmaRule anonVma) {
        super(anonVma);
    }

    @Override
    boolean clear(RetractionSteps steps) {
        steps.lockPmd();
        steps.lockTable();
        boolean cleared = (anonVma == AnonVmaRule.SKIP || anonVma.isFine(steps)) && steps.clearPmd();
        steps.unlockTable();
        steps.unlockPmd();
        return cleared;
    }
}

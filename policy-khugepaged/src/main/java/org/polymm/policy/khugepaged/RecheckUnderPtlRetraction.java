package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.RetractionSteps;

/**
 * {@code retract/recheck-under-ptl}: as {@code retract/check-before-lock}, and looks at anon_vma and userfaultfd write-protection once more
 * under the page-table lock, which whoever puts a page or a marker there must take. MMU notifiers are told.
 *
 * <p>That the PMD entry still is a table is not looked at again: it could not have changed in 6.6, since only the holder of the mmap_lock for
 * writing freed tables. Once empty tables are reclaimed (6.14) that is no longer so.
 *
 * <p>From: Hugh Dickins, version 3, mainline Linux 6.6 to 6.13. Run by khugepaged and MADV_COLLAPSE of file memory.
 */
final class RecheckUnderPtlRetraction extends LocklessRetraction {

    RecheckUnderPtlRetraction(AnonVmaRule anonVma) {
        super(anonVma);
    }

    @Override
    boolean clear(RetractionSteps steps) {
        boolean cleared = false;
        steps.startNotifier();
        steps.lockPmd();
        steps.lockTable();
        if (anonVma.isFine(steps) && !steps.readUffdWriteProtect()) {
            cleared = steps.clearPmd();
        }
        steps.unlockTable();
        steps.unlockPmd();
        steps.endNotifier();
        return cleared;
    }
}

package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.RetractionSteps;
import org.polymm.api.collapse.RetractionSteps.LockMode;
import org.polymm.api.collapse.RetractionSteps.PmdState;

/**
 * What all proposals without the mmap_lock share: a walk of the file's mappings under i_mmap_rwsem for reading, and checks before any
 * page-table lock. The checks spare the locks of mappings that are out of the question; none of them holds once it was made.
 *
 * <p>Option: {@code anon-vma}, what becomes of a mapping that has one ({@link AnonVmaRule}).
 *
 * <p>What a proposal does between these checks and the clear is its own, and all that matters.
 */
abstract class LocklessRetraction implements CollapsePolicy.Retraction {

    /** About mappings that have an anon_vma. */
    final AnonVmaRule anonVma;

    LocklessRetraction(AnonVmaRule anonVma) {
        this.anonVma = anonVma;
    }

    @Override
    public final void retract(RetractionSteps steps) {
        steps.lockMapping(LockMode.READ);
        while (steps.nextMapping()) {
            if (seemsRetractable(steps) && clear(steps)) {
                steps.freeTableDeferred();
            }
        }
        steps.unlockMapping();
    }

    private boolean seemsRetractable(RetractionSteps steps) {
        return anonVma.seemsFine(steps)
                && steps.fitsPmd()
                && steps.readPmd() == PmdState.TABLE
                && !steps.readMmExiting()
                && !steps.readUffdWriteProtect();
    }

    /**
     * Takes the locks and clears the PMD entry of the current mapping, or not.
     *
     * @return whether the entry was cleared
     */
    abstract boolean clear(RetractionSteps steps);
}

package org.polymm.policy.mlock;

import static org.polymm.api.split.MlockDecision.ACT;
import static org.polymm.api.split.MlockDecision.LEAVE;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;
import org.polymm.api.view.MappingLevel;

/**
 * {@code mlock/skip-large}: a large folio mapped by PTEs is never mlocked, nor munlocked; small ones and those mapped
 * by a PMD are, both as a unit.
 *
 * <p>The state of affairs before the series: nothing is wrong with it but the work of reclaim, which finds the same
 * locked folios again and again. It is also the only sibling under which accessed bits seen through a locked VMA keep
 * such a folio young.
 *
 * <p>From: mainline to 6.6. Asked by mlock, munlock, faults, zap, and the two reclaim walks.
 */
final class SkipLargeMlock implements FolioSplitPolicy.Mlock {

    @Override
    public MlockDecision onWalk(MlockWalk walk) {
        return Mappings.isOneEntry(walk.folio(), walk.level()) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapAdd(RmapChange change) {
        return Mappings.isOneEntry(change.folio(), change.level()) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapRemove(RmapChange change) {
        return Mappings.isOneEntry(change.folio(), change.level()) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onReferencedWalk(LockedWalk walk) {
        return !walk.isAtEnd() && Mappings.isOneEntry(walk.folio(), walk.level()) ? ACT : LEAVE;
    }

    @Override
    public boolean countsReference(LockedWalk walk) {
        return walk.level() == MappingLevel.PTE;
    }

    @Override
    public MlockDecision onUnmapWalk(LockedWalk walk) {
        return !walk.isAtEnd() && !walk.folio().isLarge() ? ACT : LEAVE;
    }
}

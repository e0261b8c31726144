package org.polymm.policy.mlock;

import static org.polymm.api.split.MlockDecision.ACT;
import static org.polymm.api.split.MlockDecision.LEAVE;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;

/**
 * {@code mlock/add-on-rmap}: as {@link InVmaMlock}, and each batch that maps a part of a folio inside the VMA mlocks it
 * once more. <b>Faulty</b>: the count drifts.
 *
 * <p>A folio mapped in two batches of eight pages is counted twice; unmapped in one batch of sixteen, it is uncounted
 * once, and stays unevictable. The review found that mapping and unmapping do not come in the same batches.
 *
 * <p>From: Yin Fengwei, RFC version 2, 12 July 2023. Asked by mlock, munlock, faults, zap, and the two reclaim walks.
 */
final class AddOnRmapMlock implements FolioSplitPolicy.Mlock {

    @Override
    public MlockDecision onWalk(MlockWalk walk) {
        if (!walk.isFirstBatchOfFolio()) {
            return LEAVE;
        }
        if (!walk.isLocking() || Mappings.isOneEntry(walk.folio(), walk.level())) {
            return ACT;
        }
        return walk.isFolioInsideVma() ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapAdd(RmapChange change) {
        return Mappings.isOneEntry(change.folio(), change.level()) || change.isFolioInsideVma() ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapRemove(RmapChange change) {
        return ACT;
    }

    @Override
    public MlockDecision onReferencedWalk(LockedWalk walk) {
        return !walk.isAtEnd() && walk.isFolioInsideVma() ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onUnmapWalk(LockedWalk walk) {
        return !walk.isAtEnd() && !walk.folio().isLarge() ? ACT : LEAVE;
    }
}

package org.polymm.policy.mlock;

import static org.polymm.api.split.MlockDecision.ACT;
import static org.polymm.api.split.MlockDecision.LEAVE;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;

/**
 * {@code mlock/in-vma}: a large folio is mlocked if it lies inside the VMA, judged by addresses and not by what is
 * mapped; munlocking asks nothing.
 *
 * <p>Looser than {@link Mainline67Mlock}: a folio with holes is mlocked too, and when it is split later, the pages that
 * this VMA does not map stay behind on the unevictable list. The walk acts once for a folio, at the first of its
 * batches. The reference walk likewise goes by addresses, so it acts at the first entry it meets.
 *
 * <p>From: Yin Fengwei, RFC version 1, 7 July 2023. Asked by mlock, munlock, faults, zap, and the two reclaim walks.
 */
final class InVmaMlock implements FolioSplitPolicy.Mlock {

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
        return Mappings.isOneEntry(change.folio(), change.level()) ? ACT : LEAVE;
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

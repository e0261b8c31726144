package org.polymm.policy.mlock;

import static org.polymm.api.split.MlockDecision.ACT;
import static org.polymm.api.split.MlockDecision.LEAVE;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;

/**
 * {@code mlock/in-vma-symmetric}: as {@link InVmaMlock}, but munlock obeys the same test as mlock. <b>Faulty</b>, and
 * kept to show why.
 *
 * <p>Lock a folio, change the protection of half of it, unlock all: the VMA was cut through the folio meanwhile, so
 * neither half's munlock passes the test, and the folio stays mlocked although nobody locks it.
 *
 * <pre>
 *   mlock      |FFFFFFFFFFFFFFFF|      inside: mlocked
 *   mprotect   |FFFFFFFF|FFFFFFFF|     two VMAs now
 *   munlock    |FFFFFFFF|FFFFFFFF|     inside neither: left mlocked
 * </pre>
 *
 * <p>From: a reading of Yu Zhao's review of the first RFC that he did not mean, as the thread established. Asked by
 * mlock, munlock, faults, zap, and the two reclaim walks.
 */
final class InVmaSymmetricMlock implements FolioSplitPolicy.Mlock {

    @Override
    public MlockDecision onWalk(MlockWalk walk) {
        if (!walk.isFirstBatchOfFolio()) {
            return LEAVE;
        }
        return Mappings.isOneEntry(walk.folio(), walk.level()) || walk.isFolioInsideVma() ? ACT : LEAVE;
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

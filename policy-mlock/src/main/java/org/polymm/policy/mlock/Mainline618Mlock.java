package org.polymm.policy.mlock;

import static org.polymm.api.split.MlockDecision.ACT;
import static org.polymm.api.split.MlockDecision.LEAVE;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;

/**
 * {@code mlock/mainline-6.18}: a large folio is mlocked where the VMA maps all of it under one page-table lock; the
 * lock is still held when it is done.
 *
 * <p>Differs from {@link Mainline67Mlock} in the reclaim walks, which mlock while they hold the lock (so that an entry
 * that goes away in between is seen to munlock), in the unmap walk, which repairs a missed mlock of a large folio too,
 * and in mlocking a folio that is mapped as a whole in one batch. Munlocking asks nothing: a folio of which any part is
 * munlocked is no longer mlocked, and reclaim puts right what is still wholly locked elsewhere.
 *
 * <p>From: Yin Fengwei's walk of 6.7, and Kiryl Shutsemau's series on mlock of large folios, 2025, in 6.18. Asked by
 * mlock, munlock, faults, zap, and the two reclaim walks.
 */
final class Mainline618Mlock implements FolioSplitPolicy.Mlock {

    @Override
    public MlockDecision onWalk(MlockWalk walk) {
        if (!walk.isLocking() || Mappings.isOneEntry(walk.folio(), walk.level())) {
            return ACT;
        }
        return Mappings.isWholeFolio(walk) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapAdd(RmapChange change) {
        return Mappings.isWholeFolio(change) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapRemove(RmapChange change) {
        return ACT;
    }

    @Override
    public MlockDecision onReferencedWalk(LockedWalk walk) {
        return Mappings.isWholeFolioUnderLock(walk) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onUnmapWalk(LockedWalk walk) {
        return Mappings.isWholeFolioUnderLock(walk) ? ACT : LEAVE;
    }
}

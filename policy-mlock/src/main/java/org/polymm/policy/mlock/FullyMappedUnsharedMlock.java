package org.polymm.policy.mlock;

import static org.polymm.api.split.MlockDecision.ACT;
import static org.polymm.api.split.MlockDecision.LEAVE;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;
import org.polymm.api.view.FolioView;

/**
 * {@code mlock/fully-mapped-unshared}: a large anonymous folio is mlocked if the VMA maps all of it and no other
 * process maps any of it; munlocking asks nothing.
 *
 * <p>Stricter than {@link Mainline618Mlock} by the second half: mlock is not inherited by fork, so a child that locks
 * what it shares would otherwise make its parent's memory unevictable too. Stricter than {@link InVmaMlock} by the
 * first: what lies inside but is partially mapped may be split later and strand pages that nobody locks. Yu put the
 * condition for mlock's walk; here it holds wherever a large anonymous folio could be mlocked. File folios need be
 * fully mapped only.
 *
 * <p>From: Yu Zhao, review of RFC version 2, July 2023. Asked by mlock, munlock, faults, zap, and the two reclaim
 * walks.
 */
final class FullyMappedUnsharedMlock implements FolioSplitPolicy.Mlock {

    @Override
    public MlockDecision onWalk(MlockWalk walk) {
        if (!walk.isLocking()) {
            return ACT;
        }
        boolean whole = Mappings.isOneEntry(walk.folio(), walk.level()) || Mappings.isWholeFolio(walk);
        return whole && isOneOwners(walk.folio()) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapAdd(RmapChange change) {
        return Mappings.isWholeFolio(change) && isOneOwners(change.folio()) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapRemove(RmapChange change) {
        return ACT;
    }

    @Override
    public MlockDecision onReferencedWalk(LockedWalk walk) {
        return Mappings.isWholeFolioUnderLock(walk) && isOneOwners(walk.folio()) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onUnmapWalk(LockedWalk walk) {
        return Mappings.isWholeFolioUnderLock(walk) && isOneOwners(walk.folio()) ? ACT : LEAVE;
    }

    private static boolean isOneOwners(FolioView folio) {
        return !folio.isLarge() || !folio.isAnon() || !folio.maybeMappedShared();
    }
}

package org.polymm.policy.mlock;

import static org.polymm.api.split.MlockDecision.ACT;
import static org.polymm.api.split.MlockDecision.ACT_AFTER_UNLOCK;
import static org.polymm.api.split.MlockDecision.LEAVE;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LockedWalk;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.split.MlockWalk;
import org.polymm.api.split.RmapChange;

/**
 * {@code mlock/mainline-6.7}: a large folio is mlocked where the VMA maps all of it, found by mlock's walk or by
 * reclaim's reference walk; the latter acts when the page-table lock is dropped already.
 *
 * <p>That delay is the flaw which {@link Mainline618Mlock} mended: a page discarded in the gap munlocks the folio
 * first, the walk mlocks it afterwards, and a partially mapped folio stays unevictable. Mapping a folio mlocks small
 * ones and new ones only; unmapping always munlocks, because it is too hard to know there whether the folio ceased to
 * be fully mapped.
 *
 * <p>From: Yin Fengwei, version 3, September 2023, in 6.7. Asked by mlock, munlock, faults, zap, and the two reclaim
 * walks.
 */
final class Mainline67Mlock implements FolioSplitPolicy.Mlock {

    @Override
    public MlockDecision onWalk(MlockWalk walk) {
        if (!walk.isLocking() || Mappings.isOneEntry(walk.folio(), walk.level())) {
            return ACT;
        }
        return Mappings.isWholeFolio(walk) ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapAdd(RmapChange change) {
        return !change.folio().isLarge() || change.isNewFolio() ? ACT : LEAVE;
    }

    @Override
    public MlockDecision onRmapRemove(RmapChange change) {
        return ACT;
    }

    @Override
    public MlockDecision onReferencedWalk(LockedWalk walk) {
        if (!walk.isAtEnd()) {
            return Mappings.isOneEntry(walk.folio(), walk.level()) ? ACT : LEAVE;
        }
        boolean fullyMapped = walk.pagesSeen() == walk.folio().pages();
        return fullyMapped && walk.isFolioInsideVma() && !walk.hasCrossedPageTable() ? ACT_AFTER_UNLOCK : LEAVE;
    }

    @Override
    public MlockDecision onUnmapWalk(LockedWalk walk) {
        return !walk.isAtEnd() && !walk.folio().isLarge() ? ACT : LEAVE;
    }
}

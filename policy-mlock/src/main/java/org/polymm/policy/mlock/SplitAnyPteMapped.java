package org.polymm.policy.mlock;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.ReclaimPick;
import org.polymm.api.split.SplitPlan;

/**
 * {@code reclaim/split-any-pte-mapped}: reclaim splits every large folio that no PMD entry maps as a whole.
 *
 * <p>The widest of the three, and what the thread on mlock took for granted when it left folios that cross a VMA edge
 * to reclaim: split there, the unlocked half is swapped out and the locked half mlocked page by page. Under {@link
 * SplitOnDeferred} and {@link SplitPartiallyMapped} that argument no longer holds.
 *
 * <p>From: mainline to 6.9. Asked by reclaim before swap space is allocated.
 */
final class SplitAnyPteMapped implements FolioSplitPolicy.Reclaim {

    @Override
    public SplitPlan onPick(ReclaimPick pick) {
        return pick.isEntirelyMapped() ? SplitPlan.keep() : SplitPlan.split();
    }
}

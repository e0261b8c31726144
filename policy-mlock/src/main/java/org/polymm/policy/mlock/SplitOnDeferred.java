package org.polymm.policy.mlock;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.ReclaimPick;
import org.polymm.api.split.SplitPlan;

/**
 * {@code reclaim/split-on-deferred}: reclaim splits a folio that is on the deferred split queue, for whatever reason it
 * is there.
 *
 * <p>Narrower than {@link SplitAnyPteMapped}: what is mapped by PTEs and whole keeps its size in swap. Wider than
 * {@link SplitPartiallyMapped}, which tells those that are only suspected of being underused apart.
 *
 * <p>From: Ryan Roberts, swap-out of large folios without splitting, mainline 6.10 and 6.11. Asked by reclaim before
 * swap space is allocated.
 */
final class SplitOnDeferred implements FolioSplitPolicy.Reclaim {

    @Override
    public SplitPlan onPick(ReclaimPick pick) {
        return pick.folio().isOnDeferredQueue() ? SplitPlan.split() : SplitPlan.keep();
    }
}

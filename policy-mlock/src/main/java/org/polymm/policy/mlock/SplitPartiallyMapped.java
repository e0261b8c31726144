package org.polymm.policy.mlock;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.ReclaimPick;
import org.polymm.api.split.SplitPlan;
import org.polymm.api.view.FolioView;

/**
 * {@code reclaim/split-partially-mapped}: reclaim splits a folio that is on the deferred split queue and flagged
 * partially mapped; any other gets swap space as a whole.
 *
 * <p>Narrower than {@link SplitOnDeferred}, which also splits fully mapped PMD-sized folios that wait in the queue as
 * candidates for the underused scan. A folio that crosses from a locked VMA into an unlocked one is fully mapped: it is
 * swapped as a whole, cannot be unmapped from the locked half, and frees nothing.
 *
 * <p>From: mainline since 6.12. Asked by reclaim before swap space is allocated.
 */
final class SplitPartiallyMapped implements FolioSplitPolicy.Reclaim {

    @Override
    public SplitPlan onPick(ReclaimPick pick) {
        FolioView folio = pick.folio();
        return folio.isOnDeferredQueue() && folio.isPartiallyMapped() ? SplitPlan.split() : SplitPlan.keep();
    }
}

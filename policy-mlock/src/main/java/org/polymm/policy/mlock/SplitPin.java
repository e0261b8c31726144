package org.polymm.policy.mlock;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LongTermPin;
import org.polymm.api.split.SplitPlan;

/**
 * {@code pin/split}: a long-term pin on a part of a large folio splits it first.
 *
 * <p>The rest can then be reclaimed, moved or freed while the pin lasts. A pin on all of it keeps the folio, for it holds nothing that is not
 * pinned; where the split fails the pin proceeds as with {@link KeepPin}.
 *
 * <p>From: Matthew Wilcox in the thread on mlock of large folios, July 2023: a short pin must not split, a long one should. Asked by
 * FOLL_LONGTERM pins.
 */
final class SplitPin implements FolioSplitPolicy.Pin {

    @Override
    public SplitPlan onLongTermPin(LongTermPin pin) {
        boolean part = pin.folio().isAnon() && pin.pinnedPages() < pin.folio().pages();
        return part ? SplitPlan.split() : SplitPlan.keep();
    }
}

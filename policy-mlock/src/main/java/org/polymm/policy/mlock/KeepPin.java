package org.polymm.policy.mlock;

import org.polymm.api.split.FolioSplitPolicy;
import org.polymm.api.split.LongTermPin;
import org.polymm.api.split.SplitPlan;

/**
 * {@code pin/keep}: a long-term pin takes a large folio as it is.
 *
 * <p>That is mainline. The rest of the folio is then held with the pinned pages for as long as the pin lasts; it can
 * neither be split nor given back.
 *
 * <p>From: mainline Linux 6.18. Asked by FOLL_LONGTERM pins.
 */
final class KeepPin implements FolioSplitPolicy.Pin {

    @Override
    public SplitPlan onLongTermPin(LongTermPin pin) {
        return SplitPlan.keep();
    }
}

package org.polymm.policy.mremap;

import org.polymm.api.relocation.RelocationPlan;
import org.polymm.api.relocation.RelocationPolicy;
import org.polymm.api.relocation.RelocationRequest;

/**
 * {@code relocate/keep-index}: a faulted anonymous VMA keeps its page offset, and its folios their index, wherever
 * mremap moves it.
 *
 * <p>Never wrong and never slow; its price is VMAs that do not merge. Flags of the relocation series are unknown:
 * EINVAL.
 *
 * <p>From: mainline Linux 6.18. Asked by mremap.
 */
final class KeepIndex implements RelocationPolicy {

    @Override
    public RelocationPlan onMove(RelocationRequest request) {
        return RelocationPlan.KEEP_INDEX;
    }
}

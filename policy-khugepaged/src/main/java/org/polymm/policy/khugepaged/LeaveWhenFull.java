package org.polymm.policy.khugepaged;

import org.polymm.api.collapse.CollapsePolicy;
import org.polymm.api.collapse.FullRange;
import org.polymm.api.collapse.WhenFullDecision;

/**
 * {@code when-full/leave}: a high-granularity range whose last hole was filled stays as it is until user space calls
 * MADV_COLLAPSE.
 *
 * <p>User space knows best which piece it wants large, and when; the kernel needs no counting of holes.
 *
 * <p>From: James Houghton, HugeTLB high-granularity mapping, RFC version 1, June 2022. Asked by UFFDIO_CONTINUE.
 */
final class LeaveWhenFull implements CollapsePolicy.WhenFull {

    @Override
    public WhenFullDecision onFull(FullRange range) {
        return WhenFullDecision.LEAVE;
    }
}

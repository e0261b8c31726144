package org.polymm.engine.mm;

import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.DeferredSplits;
import org.polymm.engine.split.FolioSplitter;
import org.polymm.engine.state.Errno;

/** Carries out what a policy wants done to a large folio. */
public final class SplitPlans {

    private final DeferredSplits deferred;
    private final FolioSplitter splitter;
    private final Vmstat vmstat;

    /**
     * For one machine.
     *
     * @param deferred the deferred split queue
     * @param splitter splits and copies folios
     * @param vmstat where calls that fail are counted
     */
    public SplitPlans(DeferredSplits deferred, FolioSplitter splitter, Vmstat vmstat) {
        this.deferred = deferred;
        this.splitter = splitter;
        this.vmstat = vmstat;
    }

    /**
     * Tries the steps of a plan until one succeeds. The mmap lock is held, and no spinning lock; the caller has a reference to the folio.
     *
     * @param plan the plan
     * @param vma the VMA through which the folio was met
     * @param head the folio
     * @return 0, or the negated errno with which the system call is to fail; 0 also if every step failed
     */
    public int carryOut(SplitPlan plan, int vma, int head) {
        return carryOut(plan, vma, head, 0, Long.MAX_VALUE);
    }

    /** As {@link #carryOut(SplitPlan, int, int)}, where a step to unshare without the other side keeps to a range of addresses. */
    int carryOut(SplitPlan plan, int vma, int head, long from, long to) {
        for (SplitPlan.Step step : plan.steps()) {
            switch (step.action()) {
                case KEEP -> {
                    return 0;
                }
                case DEFER -> {
                    deferred.offer(head, DeferredReason.POLICY);
                    return 0;
                }
                case FAIL -> {
                    vmstat.did(Work.FAILED_FOR_FOLIOS, 1);
                    return -step.errno().number();
                }
                case SPLIT, UNSHARE -> {
                    if (tried(step, vma, head, from, to) == 0) {
                        return 0;
                    }
                }
            }
        }
        return 0;
    }

    private int tried(SplitPlan.Step step, int vma, int head, long from, long to) {
        boolean bothSides = step.reach() == SplitPlan.UnshareReach.BOTH_SIDES;
        int error = -Errno.EAGAIN;
        for (int attempt = 0; attempt < step.attempts() && error != 0; attempt++) {
            error = step.action() == SplitPlan.Action.SPLIT
                    ? splitter.split(head)
                    : splitter.unshare(
                            vma,
                            head,
                            bothSides ? 0 : from,
                            bothSides ? Long.MAX_VALUE : to,
                            step.order(),
                            step.check());
        }
        return error;
    }
}

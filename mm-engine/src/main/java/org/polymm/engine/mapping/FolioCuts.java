package org.polymm.engine.mapping;

import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.BoundaryFacts;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/** Asks the boundary policy about large folios that a change of mappings cut. */
public final class FolioCuts implements BoundaryFacts.Walk {

    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Frames frames;
    private final Decisions decisions;
    private final BoundaryFacts facts;
    private final DeferredSplits deferred;

    FolioCuts(PageTables tables, AddressSpaces spaces, Frames frames, PolicyGateway policies, DeferredSplits deferred) {
        this.tables = tables;
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.frames = frames;
        this.decisions = policies.decisions();
        this.facts = policies.boundary();
        this.deferred = deferred;
    }

    /**
     * Asks what is to become of a folio. Locks of page tables may be held; the plan is the caller's to carry out.
     *
     * @param kind how it was cut
     * @param cause by which operation
     * @param vma the VMA that the operation works on
     * @param head a large anonymous folio
     * @param address where it was cut, in bytes
     * @param partially whether the mapcount scheme finds it partially mapped
     * @return the plan
     */
    public SplitPlan ask(BoundaryKind kind, BoundaryCause cause, int vma, int head, long address, boolean partially) {
        return decisions.onBoundary(facts.at(kind, cause, vma, head, address >>> Geometry.PAGE_SHIFT, partially, this));
    }

    /**
     * Asks where nothing but leaving the folio alone and queueing it can be done at once: in a fault, or under reverse-map locks. Steps of the
     * plan that would split or copy the folio, or fail, are passed over.
     *
     * @param kind how it was cut
     * @param cause by which operation
     * @param vma the VMA that the operation works on
     * @param head a large anonymous folio; the caller has a reference or maps it
     * @param address where it was cut, in bytes
     * @param partially whether the mapcount scheme finds it partially mapped
     */
    public void askAndDefer(
            BoundaryKind kind, BoundaryCause cause, int vma, int head, long address, boolean partially) {
        SplitPlan plan = ask(kind, cause, vma, head, address, partially);
        if (plan.isKeep()) {
            return;
        }
        for (SplitPlan.Step step : plan.steps()) {
            if (step.action() == SplitPlan.Action.DEFER) {
                deferred.offer(head, DeferredReason.POLICY);
            }
            if (step.action() == SplitPlan.Action.DEFER || step.action() == SplitPlan.Action.KEEP) {
                return;
            }
        }
    }

    @Override
    public int pagesMapped(int vma, int head) {
        int root = mms.pgd(vmas.mm(vma));
        int pages = frames.pages(head);
        long first = vmas.start(vma) + ((frames.index(head) - vmas.pgoff(vma)) << Geometry.PAGE_SHIFT);
        long end = Math.min(first + ((long) pages << Geometry.PAGE_SHIFT), vmas.end(vma));
        int mapped = 0;
        for (long at = Math.max(first, vmas.start(vma)); at < end; at += Geometry.PAGE_SIZE) {
            long entry = tables.lookup(root, at);
            if (Pte.isHuge(entry) && Pte.pfn(entry) == head) {
                return pages;
            }
            if (Pte.isNormalPage(entry) && frames.head(Pte.pfn(entry)) == head) {
                mapped++;
            }
        }
        return mapped;
    }
}

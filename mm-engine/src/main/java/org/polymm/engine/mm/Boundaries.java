package org.polymm.engine.mm;

import org.polymm.api.StateScope;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.SplitPlan;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.mapping.DeferredSplits;
import org.polymm.engine.mapping.FolioCuts;
import org.polymm.engine.mapping.PmdSplit;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.PolicyMemories;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.IntVector;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaAdjustment;
import org.polymm.engine.vma.VmaTable;

/**
 * What happens to large folios where a change of mappings cuts them: the mechanism's part, and the question to the boundary policy.
 *
 * <pre>
 *   VMA          |------------------|-----------------|       an edge appears at 2 MiB + 64 KiB
 *   huge entry          |===================|                 mechanism: becomes a table, the folio stays whole
 *   PTE-mapped folio              |=====|                     mechanism: nothing
 *                                                             policy: keep, queue, split, or copy the folio
 * </pre>
 *
 * <p>The policy is asked about an edge before the reverse-map locks are taken, so that a folio can be split for it. When a PMD mapping is
 * split under those locks, a plan is carried out as far as that is possible there: keeping and queueing. A plan to have the call fail can be
 * obeyed at an edge alone; elsewhere the change has happened already.
 */
final class Boundaries implements VmaAdjustment {

    private static final BoundaryCause[] CAUSES = BoundaryCause.values();

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final PageTables tables;
    private final Frames frames;
    private final Folios folios;
    private final PmdSplit pmdSplit;
    private final DeferredSplits deferred;
    private final FolioCuts cuts;
    private final SplitPlans plans;
    private final PolicyMemories memories;
    private final Uprobes uprobes;

    /** Which operation has the mmap lock of an mm, by ordinal. */
    private final IntVector causes;

    Boundaries(MmContext parts, Uprobes uprobes) {
        this.uprobes = uprobes;
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.tables = parts.tables();
        this.frames = parts.memory().frames();
        this.folios = parts.memory().folios();
        this.pmdSplit = parts.mappings().pmdSplit();
        this.deferred = parts.mappings().deferred();
        this.cuts = parts.mappings().cuts();
        this.plans = new SplitPlans(
                parts.mappings().deferred(), parts.splitter(), parts.memory().vmstat());
        this.memories = parts.policies().memories();
        this.causes = new IntVector(parts.space(), "boundary cause", 8);
    }

    /** Says which operation changes an address space, whose mmap lock is held for writing. */
    void cause(int mm, BoundaryCause cause) {
        causes.ensureSize(mm + 1);
        causes.set(mm, cause.ordinal());
    }

    private BoundaryCause causeOf(int mm) {
        return mm < causes.size() ? CAUSES[causes.get(mm)] : BoundaryCause.OTHER;
    }

    // ---- edges of VMAs

    @Override
    public int newEdge(int vma, long address, boolean changesBelow) {
        int head = folioAcross(vma, address);
        return head == 0 ? 0 : onEdge(vma, head, address, changesBelow);
    }

    /** Returns the errno with which the system call is to fail, or 0. What the plan unshares is the side that will change. */
    private int onEdge(int vma, int head, long address, boolean changesBelow) {
        SplitPlan plan = cuts.ask(BoundaryKind.VMA_EDGE, causeOf(vmas.mm(vma)), vma, head, address, false);
        if (plan.isKeep()) {
            return 0;
        }
        frames.get(head);
        int error =
                plans.carryOut(plan, vma, head, changesBelow ? 0 : address, changesBelow ? address : Long.MAX_VALUE);
        folios.put(head, 1);
        return error;
    }

    /** Returns the errno with which the system call is to fail, or 0. */
    private int askAndCarryOut(BoundaryKind kind, BoundaryCause cause, int vma, int head, long address) {
        SplitPlan plan = cuts.ask(kind, cause, vma, head, address, false);
        if (plan.isKeep()) {
            return 0;
        }
        frames.get(head);
        int error = plans.carryOut(plan, vma, head);
        folios.put(head, 1);
        return error;
    }

    /** The large anonymous folio that is mapped on both sides of an address, or 0. */
    private int folioAcross(int vma, long address) {
        int root = mms.pgd(vmas.mm(vma));
        long below = tables.lookup(root, address - Geometry.PAGE_SIZE);
        long above = tables.lookup(root, address);
        if (!Pte.isNormalPage(below) || !Pte.isNormalPage(above)) {
            return 0;
        }
        int head = frames.head(Pte.pfn(above));
        boolean across = frames.isLarge(head) && frames.test(head, Frames.ANON) && frames.head(Pte.pfn(below)) == head;
        return across ? head : 0;
    }

    @Override
    public void beforeSplit(int vma, long address) {
        if (address != tables.pmdStart(address)) {
            int head = pmdSplit.split(vma, address);
            if (head != 0) {
                SplitPlan plan = cuts.ask(BoundaryKind.PMD_SPLIT, causeOf(vmas.mm(vma)), vma, head, address, false);
                if (plan.steps().getFirst().action() == SplitPlan.Action.DEFER) {
                    deferred.offer(head, DeferredReason.POLICY);
                }
            }
        }
    }

    // ---- what policies remember of VMAs

    @Override
    public void duplicated(int from, int to) {
        memories.copy(StateScope.VMA, from, to);
    }

    @Override
    public void settled(int vma) {
        uprobes.shown(vma);
    }

    @Override
    public void freed(int vma) {
        memories.clear(StateScope.VMA, vma);
    }

    // ---- cuts that leave VMAs alone

    /**
     * Splits the PMD mapping of an address, if there is one, because only a part of it is to change, and asks about the folio.
     *
     * @param vma the VMA
     * @param address any address the entry maps
     * @param cause the operation
     */
    void pmdSplit(int vma, long address, BoundaryCause cause) {
        int head = pmdSplit.split(vma, address);
        if (head != 0) {
            askAndCarryOut(BoundaryKind.PMD_SPLIT, cause, vma, head, address);
        }
    }

    /**
     * Asks about a folio that an rmap removal left partially mapped, by the scheme's word. The table's lock may be held.
     *
     * @return the plan, to be carried out without that lock
     */
    SplitPlan removed(int vma, int head, long address, BoundaryCause cause) {
        return cuts.ask(BoundaryKind.RMAP_REMOVAL, cause, vma, head, address, true);
    }

    /** Carries out the plans that a gather collected, and drops the references it took for them. */
    void carryOut(Gather gather, int vma) {
        for (Gather.Planned planned : gather.takePlans()) {
            if (frames.isLarge(planned.head())) {
                plans.carryOut(planned.plan(), vma, planned.head());
            }
            folios.put(planned.head(), 1);
        }
    }
}

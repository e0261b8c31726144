package org.polymm.engine.mm;

import org.polymm.api.relocation.RelocationPlan;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.RelocationFacts;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Asks what mremap does about the index of the folios it moves.
 *
 * <p>Mainline keeps it: a faulted VMA takes its page offsets along, is found through them, and merges only where they fit. Asked is about
 * faulted anonymous ranges that did not merge at their destination as they are; there is no question about others.
 */
final class Relocation {

    private final AddressSpaces spaces;
    private final MmTable mms;
    private final VmaTable vmas;
    private final AnonVmas anonVmas;
    private final PageTables tables;
    private final Decisions decisions;
    private final RelocationFacts facts;

    Relocation(MmContext parts) {
        this.spaces = parts.spaces();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.anonVmas = spaces.anonVmas();
        this.tables = parts.tables();
        this.decisions = parts.policies().decisions();
        this.facts = parts.policies().relocation();
    }

    /**
     * What to do.
     *
     * @param vma the VMA that is moved, or of which a part is
     * @param flags of the call
     * @param from first address, in bytes
     * @param to destination, in bytes
     * @param pages how many pages move
     * @return the plan; {@link RelocationPlan#KEEP_INDEX} without a question where there is nothing to relocate
     */
    RelocationPlan plan(int vma, int flags, long from, long to, long pages) {
        int anonVma = vmas.anonVma(vma);
        if (anonVma == 0 || !vmas.isAnonymous(vma) || vmas.has(vma, VmFlags.VM_SPECIAL | VmFlags.VM_HUGETLB)) {
            return RelocationPlan.KEEP_INDEX;
        }
        int mm = vmas.mm(vma);
        long end = to + (pages << Geometry.PAGE_SHIFT);
        int above = spaces.findOrAbove(mm, to);
        int below = above != 0 ? spaces.prev(above) : spaces.find(mm, to - 1);
        boolean ownParent = anonVmas.parent(anonVma) == anonVma;
        facts.at(vma, flags, Pages.count(from), Pages.count(to), pages)
                .around(
                        anonVmas.numChildren(anonVma) > (ownParent ? 1 : 0),
                        below != 0 && vmas.end(below) == to && wouldMerge(vma, below, vmas.pgoffAt(below, to), to),
                        above != 0 && vmas.start(above) == end && wouldMerge(vma, above, vmas.pgoffAt(above, to), to),
                        populated(mms.pgd(mm), from, from + (pages << Geometry.PAGE_SHIFT)));
        RelocationPlan plan = decisions.onMove(facts);
        if (plan != RelocationPlan.KEEP_INDEX && plan != RelocationPlan.FAIL) {
            throw new UnsupportedOperationException("the relocation policy answered " + plan
                    + ", and this machine rewrites no folio's index; it can carry out KEEP_INDEX and FAIL");
        }
        return plan;
    }

    /** Whether a neighbour looks like the VMA, its offsets run on as if that had been mapped there, and its chain can be shared. */
    private boolean wouldMerge(int vma, int neighbour, long pgoffAtTarget, long to) {
        return ((vmas.flags(vma) ^ vmas.flags(neighbour)) & ~VmFlags.VM_IGNORE_MERGE) == 0
                && vmas.file(neighbour) == 0
                && vmas.uffd(neighbour) == vmas.uffd(vma)
                && vmas.anonName(neighbour) == vmas.anonName(vma)
                && vmas.policy(neighbour) == vmas.policy(vma)
                && pgoffAtTarget == Pages.count(to)
                && !anonVmas.isForkChild(neighbour);
    }

    private long populated(int root, long start, long end) {
        long count = 0;
        long at = tables.nextPopulated(root, start, end);
        while (at < end) {
            long next = tables.pmdEnd(at, end);
            for (; at < next; at += Geometry.PAGE_SIZE) {
                count += tables.lookup(root, at) == Pte.NONE ? 0 : 1;
            }
            at = tables.nextPopulated(root, next, end);
        }
        return count;
    }
}

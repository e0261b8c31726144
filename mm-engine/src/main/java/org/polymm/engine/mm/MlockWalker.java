package org.polymm.engine.mm;

import java.util.Arrays;
import org.polymm.api.split.MlockDecision;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.MlockBatch;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.MlockWalkFacts;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Walks over what a VMA maps and has folios marked as mlocked, or no longer so: {@code mlock_vma_pages_range}.
 *
 * <p>The walk goes in segments of one PMD entry at most, because one page-table lock covers no more:
 *
 * <pre>
 *   range     [###############################)
 *   segments  [#####)[#############)[#########)
 *   batches    1 1 4   huge entry     8 1 1        consecutive pages of one folio; the policy decides on each
 * </pre>
 *
 * <p><b>Counted once.</b> Once the flags say VM_LOCKED, a reverse-map walk of reclaim or migration may come across the VMA and mlock a folio
 * that this walk has yet to reach. The count of a folio would then never get back to 0. So while the walk lasts the VMA also has VM_IO,
 * a flag that no locked VMA has, and whoever mlocks from the outside demands VM_LOCKED without it.
 */
final class MlockWalker {

    /** Bits in which the entries of a batch may differ. */
    private static final long IGNORED = Pte.ACCESSED | Pte.DIRTY | Pte.WRITE | Pte.SOFT_DIRTY | Pte.UFFD_WP;

    private static final int[] NONE = {};

    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final MlockBatch mlock;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final Decisions decisions;
    private final MlockWalkFacts facts;
    private final MmTable mms;
    private final VmaTable vmas;

    MlockWalker(MmContext parts) {
        this.frames = parts.memory().frames();
        this.folios = parts.memory().folios();
        this.lru = parts.memory().lru();
        this.mlock = parts.memory().mlock();
        this.vmstat = parts.memory().vmstat();
        this.tables = parts.tables();
        this.decisions = parts.policies().decisions();
        this.facts = parts.policies().mlockWalk();
        this.mms = parts.spaces().mms();
        this.vmas = parts.spaces().vmas();
    }

    /**
     * Gives a VMA its new flags and walks.
     *
     * @param vma the VMA, locked for writing
     * @param start first address, in bytes
     * @param end where to stop, in bytes
     * @param newFlags the VMA's flags from now on; VM_LOCKED among them means mlock, else munlock
     */
    void walk(int vma, long start, long end, long newFlags) {
        boolean locking = VmFlags.any(newFlags, VmFlags.VM_LOCKED);
        vmas.flags(vma, locking ? newFlags | VmFlags.VM_IO : newFlags);
        lru.drain();
        int root = mms.pgd(vmas.mm(vma));
        int lastHead = 0;
        long at = tables.nextPopulated(root, start, end);
        while (at < end) {
            long next = tables.pmdEnd(at, end);
            lastHead = segment(root, vma, at, next, locking, lastHead);
            at = tables.nextPopulated(root, next, end);
        }
        lru.drain();
        vmas.flags(vma, newFlags);
    }

    private int segment(int root, int vma, long from, long to, boolean locking, int lastHead) {
        long pmd = tables.pmd(root, from);
        if (!Pte.isTable(pmd) && !Pte.isNone(pmd)) {
            int head = huge(root, vma, from, to, locking);
            if (head >= 0) {
                return head == 0 ? lastHead : head;
            }
        }
        int leaf = tables.lockLeaf(root, from);
        if (leaf == 0) {
            return lastHead;
        }
        Later later = new Later();
        facts.segment(locking, vma, Pages.count(from), Pages.count(to));
        int last = entries(tables.row(leaf), from, to, locking, lastHead, later);
        tables.unlockLeaf(leaf);
        later.act(locking);
        return last;
    }

    private int entries(long[] row, long from, long to, boolean locking, int lastHead, Later later) {
        int index = tables.pteIndex(from);
        int end = index + (int) Pages.count(to - from);
        long page = Pages.count(from);
        int walked = 0;
        int last = lastHead;
        while (index < end) {
            long entry = row[index];
            int step = 1;
            if (Pte.isNormalPage(entry)) {
                int pfn = Pte.pfn(entry);
                int head = frames.head(pfn);
                if (frames.isLarge(head)) {
                    int most = Math.min(end - index, frames.pages(head) - (pfn - head));
                    step = Pte.run(row, index, most, IGNORED);
                }
                walked += step;
                facts.batch(head, MappingLevel.PTE, page, pfn - head, step, head != last);
                act(decisions.onMlockWalk(facts), head, locking, later);
                last = head;
            }
            index += step;
            page += step;
        }
        vmstat.did(Work.MLOCK_WALKED, walked);
        return last;
    }

    private void act(MlockDecision decision, int head, boolean locking, Later later) {
        if (decision == MlockDecision.ACT) {
            mark(head, locking);
        } else if (decision == MlockDecision.ACT_AFTER_UNLOCK) {
            later.add(head);
        }
    }

    private void mark(int head, boolean locking) {
        if (locking) {
            mlock.mlockFolio(head);
        } else {
            mlock.munlockFolio(head);
        }
    }

    /** A huge entry. Returns the folio, 0 if it maps none, or -1 if it is not huge any more once the lock is held. */
    private int huge(int root, int vma, long from, long to, boolean locking) {
        int pmdTable = tables.pmdTable(root, from);
        tables.lockPmd(pmdTable);
        long entry = tables.row(pmdTable)[tables.pmdIndex(from)];
        if (Pte.isTable(entry) || Pte.isNone(entry)) {
            tables.unlockPmd(pmdTable);
            return -1;
        }
        int head = 0;
        Later later = new Later();
        if (Pte.isNormalPage(entry)) {
            head = Pte.pfn(entry);
            int pages = (int) Pages.count(to - from);
            int first = (int) Pages.count(from - tables.pmdStart(from));
            vmstat.did(Work.MLOCK_WALKED, 1);
            facts.segment(locking, vma, Pages.count(from), Pages.count(to))
                    .batch(head, MappingLevel.PMD, Pages.count(from), first, pages, true);
            act(decisions.onMlockWalk(facts), head, locking, later);
        }
        tables.unlockPmd(pmdTable);
        later.act(locking);
        return head;
    }

    /** Folios on which a policy wants to act without the page-table lock; each with a reference. */
    private final class Later {

        private int[] heads = NONE;
        private int count;

        void add(int head) {
            if (count == heads.length) {
                heads = Arrays.copyOf(heads, Math.max(8, 2 * count));
            }
            frames.get(head);
            heads[count++] = head;
        }

        void act(boolean locking) {
            for (int i = 0; i < count; i++) {
                mark(heads[i], locking);
                folios.put(heads[i], 1);
            }
        }
    }
}

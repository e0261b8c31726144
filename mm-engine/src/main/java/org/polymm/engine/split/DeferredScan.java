package org.polymm.engine.split;

import org.polymm.api.split.DeferredReason;
import org.polymm.api.split.ScanDecision;
import org.polymm.engine.frame.DeferredSplitQueue;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.DeferredScanFacts;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.rmap.RmapVisitor;
import org.polymm.engine.rmap.RmapWalk;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.MmTable;

/**
 * The shrinker of the deferred split queue: {@code deferred_split_scan}. It is run when memory is short, and by {@code drop_caches}.
 *
 * <p>Folios are taken off in batches, a reference each. What becomes of one is the policy's to say; a folio flagged as partially mapped
 * that was not split goes back on the queue, any other leaves it, unless the policy keeps it there.
 */
public final class DeferredScan implements DeferredScanFacts.Walk {

    /** Folios that are off the queue at a time: {@code PAGEVEC_SIZE}. */
    private static final int BATCH = 31;

    /** {@code SHRINK_BATCH}. */
    private static final int ROUND = 128;

    private static final DeferredReason[] REASONS = DeferredReason.values();

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final DeferredSplitQueue queue;
    private final Vmstat vmstat;
    private final Decisions decisions;
    private final DeferredScanFacts facts;
    private final FolioSplit splitter;
    private final RmapWalk walk;
    private final PageTables tables;
    private final MmTable mms;

    /**
     * A shrinker.
     *
     * @param sync the locks
     * @param memory the folios and their queue
     * @param tables the page tables
     * @param spaces the address spaces
     * @param policies who is asked
     * @param splitter splits folios
     * @param walk finds where they are mapped
     */
    public DeferredScan(
            Sync sync,
            PhysicalMemory memory,
            PageTables tables,
            AddressSpaces spaces,
            PolicyGateway policies,
            FolioSplit splitter,
            RmapWalk walk) {
        this.sync = sync;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.queue = memory.deferred();
        this.vmstat = memory.vmstat();
        this.decisions = policies.decisions();
        this.facts = policies.deferredScan();
        this.splitter = splitter;
        this.walk = walk;
        this.tables = tables;
        this.mms = spaces.mms();
    }

    /**
     * Shrinks as {@code shrink_slab} has it done: everything at priority 0, a part of it at others.
     *
     * @param priority 0 (everything) to 12 (a trifle)
     * @return how many folios were split
     */
    public int shrink(int priority) {
        int length = queue.length();
        int wanted = Math.min((int) (2L * length >>> priority), 2 * length);
        int split = 0;
        while (wanted > 0 && queue.length() != 0) {
            int round = Math.min(ROUND, wanted);
            split += scan(round);
            wanted -= round;
        }
        return split;
    }

    /**
     * Looks at the oldest folios of the queue.
     *
     * @param most how many to look at
     * @return how many were split
     */
    public int scan(int most) {
        int[] batch = new int[Math.min(BATCH, most)];
        int left = most;
        int split = 0;
        while (left > 0) {
            int count = 0;
            while (count < Math.min(BATCH, left)) {
                int head = queue.takeFirst();
                if (head == 0) {
                    break;
                }
                batch[count++] = head;
            }
            for (int i = 0; i < count; i++) {
                split += look(batch[i]) ? 1 : 0;
                folios.put(batch[i], 1);
            }
            left = count == 0 ? 0 : left - count;
        }
        return split;
    }

    /** Looks at a folio, to which there is a reference. Returns whether it was split. */
    private boolean look(int head) {
        DeferredReason reason = REASONS[queue.reason(head)];
        ScanDecision decision = decisions.onDeferredScan(facts.at(head, reason, this));
        boolean partially = frames.test(head, Frames.PARTIALLY_MAPPED);
        boolean split = decision == ScanDecision.SPLIT && trySplit(head);
        if (split) {
            if (!partially && reason == DeferredReason.MAYBE_UNDERUSED) {
                vmstat.increment(VmstatItem.THP_UNDERUSED_SPLIT_PAGE);
            }
        } else if (decision == ScanDecision.KEEP_QUEUED
                || decision == ScanDecision.SPLIT && frames.test(head, Frames.PARTIALLY_MAPPED)) {
            queue.requeue(head);
        }
        return split;
    }

    private boolean trySplit(int head) {
        if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            return false;
        }
        boolean split = splitter.split(head, 0, null) == 0;
        sync.unlock(LockClass.FOLIO_LOCK, head);
        return split;
    }

    @Override
    public int unmapped(int head) {
        Mapped mapped = new Mapped(head, frames.pages(head));
        walk.peek(head, mapped);
        return mapped.unmapped | (mapped.crosses ? DeferredScanFacts.CROSSES : 0);
    }

    /** Finds the pages of a folio that some entry maps. */
    private final class Mapped implements RmapVisitor {

        private final int head;
        private final boolean[] seen;
        private int unmapped;
        private boolean crosses;

        Mapped(int head, int pages) {
            this.head = head;
            this.seen = new boolean[pages];
            this.unmapped = pages;
        }

        @Override
        public boolean visit(int mm, int vma, long address, int firstPage, int pages) {
            int root = mms.pgd(mm);
            boolean maps = false;
            for (int page = firstPage; page < firstPage + pages; page++) {
                long entry = tables.lookup(root, address + (long) (page - firstPage) * Geometry.PAGE_SIZE);
                boolean huge = Pte.isHuge(entry) && Pte.pfn(entry) == head;
                if (huge || Pte.isNormalPage(entry) && Pte.pfn(entry) == head + page) {
                    maps = true;
                    unmapped -= seen[page] ? 0 : 1;
                    seen[page] = true;
                }
            }
            crosses |= maps && pages < seen.length;
            return true;
        }
    }
}

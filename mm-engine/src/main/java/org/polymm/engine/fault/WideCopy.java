package org.polymm.engine.fault;

import org.polymm.api.PageSpan;
import org.polymm.api.split.BoundaryCause;
import org.polymm.api.split.BoundaryKind;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.FolioCuts;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.SafetyRule;
import org.polymm.engine.policy.WriteFaultFacts;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.vma.VmaTable;

/**
 * Copies several pages of a folio that may be shared into one new large folio, on a write to one of them. No kernel release does this;
 * proposals do.
 *
 * <p>Between choosing the pages and mapping the copy the page-table lock is dropped. The entries must all be the same afterwards; instead of a
 * copy of them a hash is kept.
 */
final class WideCopy {

    private static final long PAGE = Geometry.PAGE_SIZE;
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private final Frames frames;
    private final Folios folios;
    private final Contents contents;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final PageTables tables;
    private final VmaTable vmas;
    private final Decisions decisions;
    private final WriteFaultFacts facts;
    private final RmapAccounting rmap;
    private final FolioCuts cuts;
    private final EventLog events;
    private final LargeFolioAllocation large;

    WideCopy(FaultParts parts, LargeFolioAllocation large) {
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        contents = parts.memory().contents();
        vmstat = parts.memory().vmstat();
        mthp = parts.memory().mthp();
        tables = parts.tables();
        vmas = parts.spaces().vmas();
        decisions = parts.policies().decisions();
        facts = parts.policies().writeFault();
        rmap = parts.mappings().rmap();
        cuts = parts.mappings().cuts();
        events = parts.events();
        this.large = large;
    }

    /**
     * Whether pages may be replaced by copies. A page with the exclusive flag may be pinned at any moment without a lock, and a pin keeps
     * the page it found: replacing such a page is a dangerous decision.
     *
     * @param page the faulting page
     * @param span around it
     */
    boolean isAllowed(int page, long span) {
        return !frames.anyInRun(page + PageSpan.first(span), PageSpan.count(span), Frames.ANON_EXCLUSIVE)
                || !decisions.refuses(SafetyRule.COPY_REPLACES_EXCLUSIVE_PAGE);
    }

    /**
     * Copies a span.
     *
     * @param leaf the leaf table; its lock is held, and is not when this returns
     * @param wanted what the policy wants to copy, more than a page
     * @return FALLBACK, with a reference to the old folio held, if only the one page is to be copied
     */
    int copy(int mm, int vma, int root, int leaf, long address, int flags, long entry, int page, long wanted) {
        int head = frames.head(page);
        frames.get(head);
        int locked = leaf;
        long span = wanted;
        while (true) {
            int first = PageSpan.first(span);
            int count = PageSpan.count(span);
            long before = fingerprint(tables.row(locked), tables.pteIndex(address) + first, count);
            tables.unlockLeaf(locked);
            int copy = large.allocate(vma, Integer.numberOfTrailingZeros(count));
            if (copy != 0) {
                contents.copy(page + first, copy, count);
                return finish(mm, vma, root, address, flags, page, span, copy, before);
            }
            mthp.increment(MthpStat.ANON_FAULT_FALLBACK, Integer.numberOfTrailingZeros(count));
            locked = tables.lockLeaf(root, address);
            if (locked == 0 || tables.row(locked)[tables.pteIndex(address)] != entry) {
                if (locked != 0) {
                    tables.unlockLeaf(locked);
                }
                folios.put(head, 1);
                return FaultResult.DONE;
            }
            facts.atPte(
                    mm,
                    vma,
                    address >>> Geometry.PAGE_SHIFT,
                    page,
                    head,
                    tables.row(locked),
                    (flags & FaultFlags.UNSHARE) != 0);
            span = decisions.copyAfterAllocationFailure(facts, span);
            if (span == PageSpan.ONE_PAGE || !isAllowed(page, span)) {
                tables.unlockLeaf(locked);
                return FaultResult.FALLBACK;
            }
        }
    }

    private int finish(int mm, int vma, int root, long address, int flags, int page, long span, int copy, long before) {
        int head = frames.head(page);
        int first = PageSpan.first(span);
        int count = PageSpan.count(span);
        int leaf = tables.lockLeaf(root, address);
        tables.writePoints(leaf, address + first * PAGE, count);
        int index = tables.pteIndex(address) + first;
        if (leaf == 0 || fingerprint(tables.row(leaf), index, count) != before) {
            if (leaf != 0) {
                tables.unlockLeaf(leaf);
            }
            folios.put(copy, 1);
            folios.put(head, 1);
            return FaultResult.DONE;
        }
        long from = address + first * PAGE;
        frames.addRefs(copy, count - 1);
        rmap.addNewAnon(copy, vma, from);
        rmap.addNewToLru(copy, vma, from, MappingLevel.PTE);
        map(vma, flags, tables.row(leaf), index, count, copy);
        boolean partially = rmap.remove(page + first, count, vma, from);
        tables.unlockLeaf(leaf);
        if (partially) {
            cuts.askAndDefer(BoundaryKind.RMAP_REMOVAL, BoundaryCause.FAULT, vma, head, from, true);
        }
        folios.put(head, count + 1);
        mthp.increment(MthpStat.ANON_FAULT_ALLOC, Integer.numberOfTrailingZeros(count));
        vmstat.did(Work.COW_COPIES, 1);
        vmstat.did(Work.COPIED_PAGES, count);
        events.record(EventKind.COW_COPY, mm, from, copy);
        return FaultResult.DONE;
    }

    private void map(int vma, int flags, long[] row, int index, int count, int copy) {
        boolean unshare = (flags & FaultFlags.UNSHARE) != 0;
        long bits = AnonymousFault.writtenBits(vmas.flags(vma));
        for (int i = 0; i < count; i++) {
            long kept = row[index + i] & Pte.UFFD_WP;
            long entry = Pte.present(copy + i, bits | kept);
            row[index + i] = unshare || kept != 0 ? entry & ~(Pte.WRITE | Pte.DIRTY) : entry;
        }
    }

    private static long fingerprint(long[] row, int index, int count) {
        long hash = count;
        for (int i = index; i < index + count; i++) {
            hash = (hash ^ row[i]) * MIX;
            hash ^= hash >>> 32;
        }
        return hash;
    }
}

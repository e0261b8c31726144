package org.polymm.engine.fault;

import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.FolioMapcounts;
import org.polymm.engine.policy.WriteFaultFacts;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * Proves that an anonymous folio belongs to the faulting process alone: {@code wp_can_reuse_anon_folio}, with the proof that the policy
 * chose. The page-table lock is held throughout; locks are only tried.
 */
final class ReuseProof {

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Sync sync;
    private final Frames frames;
    private final LruLists lru;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final Decisions decisions;
    private final FolioMapcounts scheme;
    private final WriteFaultFacts facts;
    private final RmapAccounting rmap;
    private final SwapCache swap;

    ReuseProof(FaultParts parts) {
        sync = parts.sync();
        frames = parts.memory().frames();
        lru = parts.memory().lru();
        tables = parts.tables();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        decisions = parts.policies().decisions();
        scheme = parts.policies().mapcounts();
        facts = parts.policies().writeFault();
        rmap = parts.mappings().rmap();
        swap = parts.swap();
    }

    /** Attempts the proof that the policy chooses, for a page without the exclusive flag. The facts are filled in. */
    boolean holds(int mm, int vma, int leaf, long address, int page, int head, boolean isLarge) {
        return switch (decisions.proof(facts)) {
            case NOTHING -> false;
            case REFERENCES -> !isLarge && smallHasOneReference(head, vma);
            case SCHEME -> isLarge ? schemeSaysSo(head, mm) : smallHasOneReference(head, vma);
            case SCAN ->
                isLarge ? entriesExplainReferences(vma, leaf, address, page, head) : smallHasOneReference(head, vma);
        };
    }

    /** A small folio to which nothing but this entry, and perhaps the swap cache, refers. */
    private boolean smallHasOneReference(int head, int vma) {
        frames.looksAtFlags(head);
        int flags = frames.flags(head);
        int references = frames.refcount(head);
        if ((flags & Frames.KSM) != 0 || references > 3) {
            return false;
        }
        if ((flags & Frames.LRU) == 0) {
            lru.drain();
            references = frames.refcount(head);
        }
        boolean cached = (flags & Frames.SWAPCACHE) != 0;
        if (references > (cached ? 2 : 1) || !sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            return false;
        }
        if (cached) {
            swap.tryFreeSwap(head);
        }
        boolean alone = !frames.test(head, Frames.KSM) && frames.refcount(head) == 1;
        if (alone) {
            rmap.moveAnon(head, vma);
        }
        sync.unlock(LockClass.FOLIO_LOCK, head);
        return alone;
    }

    /** A large folio, more than one page of which is mapped still, by this process alone, and to which nothing else refers. */
    private boolean schemeSaysSo(int head, int mm) {
        if (frames.largeMapcount(head) <= 1 || !scheme.isExclusiveTo(head, mms.mapcountId(mm))) {
            return false;
        }
        if (frames.test(head, Frames.SWAPCACHE)) {
            freeSwapOf(head);
        }
        if (frames.largeMapcount(head) != frames.refcount(head)) {
            return false;
        }
        sync.lock(LockClass.MAPCOUNT, head);
        boolean exclusive =
                scheme.isExclusiveTo(head, mms.mapcountId(mm)) && frames.largeMapcount(head) == frames.refcount(head);
        sync.unlock(LockClass.MAPCOUNT, head);
        return exclusive;
    }

    /** A large folio to which as many entries around the fault refer as there are references. */
    private boolean entriesExplainReferences(int vma, int leaf, long address, int page, int head) {
        if (frames.test(head, Frames.SWAPCACHE)) {
            freeSwapOf(head);
        }
        int pages = frames.pages(head);
        if (frames.refcount(head) > pages) {
            return false;
        }
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(address);
        long room = (address - vmas.start(vma)) / PAGE;
        int from = (int) (index - Math.min(Math.min(room, index), page - head));
        long roomAbove = (vmas.end(vma) - 1 - address) / PAGE;
        int to = (int) (index + Math.min(Math.min(roomAbove, row.length - 1 - index), head + pages - 1 - page));
        int mapped = 0;
        for (int i = from; i <= to; i++) {
            int pfn = Pte.pfn(row[i]);
            mapped += Pte.isNormalPage(row[i]) && pfn >= head && pfn < head + pages ? 1 : 0;
        }
        return mapped == frames.refcount(head);
    }

    /** Tries to take a folio out of the swap cache, if nobody has locked it. */
    void freeSwapOf(int head) {
        if (sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            swap.tryFreeSwap(head);
            sync.unlock(LockClass.FOLIO_LOCK, head);
        }
    }
}

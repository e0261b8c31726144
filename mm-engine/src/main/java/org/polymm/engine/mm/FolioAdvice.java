package org.polymm.engine.mm;

import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.policy.FolioMapcounts;
import org.polymm.engine.reclaim.Reclaim;
import org.polymm.engine.split.FolioSplitter;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmaTable;

/**
 * MADV_COLD, MADV_PAGEOUT and MADV_FREE: what a process says about the future of its memory. MADV_FREE is for anonymous memory alone.
 *
 * <pre>
 *   a folio                              COLD                  PAGEOUT                   FREE
 *   mapped by others too                 left alone            left alone                left alone, if large and cut, or dirty
 *   large, the range covers a part       split, or left alone if that fails
 *   else                                 inactive, not young   reclaimed, used or not    clean, lazily freed
 *   a swap entry                         left alone            left alone                freed
 * </pre>
 */
final class FolioAdvice {

    /** The kinds of advice. */
    enum Kind {
        COLD,
        PAGEOUT,
        FREE
    }

    /** Bits in which the entries of a run may differ. */
    private static final long IGNORED = Pte.ACCESSED | Pte.DIRTY | Pte.WRITE | Pte.SOFT_DIRTY;

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final FolioMapcounts mapcounts;
    private final FolioSplitter splitter;
    private final SwapCache swap;
    private final Reclaim reclaim;

    FolioAdvice(MmContext parts) {
        this.sync = parts.sync();
        this.frames = parts.memory().frames();
        this.folios = parts.memory().folios();
        this.lru = parts.memory().lru();
        this.tables = parts.tables();
        this.mms = parts.spaces().mms();
        this.vmas = parts.spaces().vmas();
        this.mapcounts = parts.policies().mapcounts();
        this.splitter = parts.splitter();
        this.swap = parts.swap();
        this.reclaim = parts.reclaim();
    }

    /**
     * Takes advice.
     *
     * @param vma the VMA
     * @param start first address, in bytes, page aligned
     * @param end where to stop, in bytes, not above the VMA's end
     * @param kind the advice
     */
    void take(int vma, long start, long end, Kind kind) {
        lru.drain();
        int root = mms.pgd(vmas.mm(vma));
        long at = tables.nextPopulated(root, start, end);
        while (at < end) {
            long next = tables.pmdEnd(at, end);
            Reclaim.Batch batch = reclaim.batch();
            if (!huge(root, at, next, kind, batch)) {
                table(vma, root, at, next, kind, batch);
            }
            batch.reclaim();
            at = tables.nextPopulated(root, next, end);
        }
        sync.point(Point.TLB_FLUSH, vmas.mm(vma));
    }

    /** Handles a huge entry. Returns false if what is there is a table, perhaps because the folio was split for a part of it. */
    private boolean huge(int root, long at, long next, Kind kind, Reclaim.Batch batch) {
        long seen = tables.pmd(root, at);
        if (Pte.isTable(seen) || Pte.isNone(seen)) {
            return false;
        }
        int pmdTable = tables.pmdTable(root, at);
        tables.lockPmd(pmdTable);
        long entry = tables.pmd(root, at);
        if (Pte.isTable(entry) || Pte.isNone(entry)) {
            tables.unlockPmd(pmdTable);
            return false;
        }
        int head = Pte.pfn(entry);
        if (!Pte.isNormalPage(entry) || mapcounts.maybeShared(head)) {
            tables.unlockPmd(pmdTable);
            return true;
        }
        if (next - at != tables.pmdSize()) {
            frames.get(head);
            tables.unlockPmd(pmdTable);
            int error = splitter.split(head);
            folios.put(head, 1);
            return error != 0;
        }
        tables.writePmdPoint(pmdTable, at);
        entry = tables.pmd(root, at);
        if (kind == Kind.FREE) {
            tables.setPmd(root, pmdTable, at, entry & ~(Pte.ACCESSED | Pte.DIRTY));
            frames.clearFlags(head, Frames.DIRTY);
            lru.lazyFree(head);
        } else {
            if (kind == Kind.COLD) {
                tables.setPmd(root, pmdTable, at, entry & ~Pte.ACCESSED);
            }
            giveUp(head, kind, batch);
        }
        tables.unlockPmd(pmdTable);
        return true;
    }

    private void giveUp(int head, Kind kind, Reclaim.Batch batch) {
        frames.clearFlags(head, Frames.REFERENCED);
        if (frames.test(head, Frames.ACTIVE)) {
            frames.setFlags(head, Frames.WORKINGSET);
        }
        if (kind == Kind.PAGEOUT) {
            batch.add(head);
        } else {
            lru.deactivate(head);
        }
    }

    private void table(int vma, int root, long from, long to, Kind kind, Reclaim.Batch batch) {
        int leaf = tables.lockLeaf(root, from);
        long at = from;
        while (leaf != 0 && at < to) {
            long[] row = tables.row(leaf);
            int index = tables.pteIndex(at);
            long entry = row[index];
            if (kind == Kind.FREE && Pte.isSwap(entry)) {
                tables.writePoints(leaf, at, 1);
                row[index] = Pte.NONE;
                mms.addRssSwap(vmas.mm(vma), -1);
                swap.free(Pte.swapOffset(entry));
            }
            if (!Pte.isNormalPage(entry)) {
                at += PAGE;
                continue;
            }
            int page = Pte.pfn(entry);
            int head = frames.head(page);
            if (kind == Kind.FREE && !frames.test(head, Frames.ANON)) {
                at += PAGE;
                continue;
            }
            int most = (int) Math.min(Pages.count(to - at), frames.pages(head) - (page - head));
            int run = frames.isLarge(head) ? Pte.run(row, index, most, IGNORED) : 1;
            if (run == frames.pages(head)) {
                whole(leaf, row, at, run, head, kind, batch);
                at += run * PAGE;
            } else if (mapcounts.maybeShared(head)) {
                at += run * PAGE;
            } else {
                frames.get(head);
                tables.unlockLeaf(leaf);
                boolean split = splitter.split(head) == 0;
                folios.put(head, 1);
                leaf = tables.lockLeaf(root, at);
                at += split ? 0 : run * PAGE;
            }
        }
        if (leaf != 0) {
            tables.unlockLeaf(leaf);
        }
    }

    /** A folio all of which consecutive entries map. */
    private void whole(int leaf, long[] row, long at, int run, int head, Kind kind, Reclaim.Batch batch) {
        int index = tables.pteIndex(at);
        boolean single = frames.mapcount(head) == frames.pages(head);
        if (kind == Kind.FREE) {
            if (frames.test(head, Frames.SWAPCACHE | Frames.DIRTY) && !(single && cleaned(head))) {
                return;
            }
            clear(leaf, row, at, index, run, Pte.ACCESSED | Pte.DIRTY);
            lru.lazyFree(head);
            return;
        }
        if (!frames.test(head, Frames.LRU) || !single) {
            return;
        }
        if (kind == Kind.COLD) {
            clear(leaf, row, at, index, run, Pte.ACCESSED);
        }
        giveUp(head, kind, batch);
    }

    private void clear(int leaf, long[] row, long at, int index, int run, long bits) {
        tables.writePoints(leaf, at, run);
        for (int i = index; i < index + run; i++) {
            row[i] &= ~bits;
        }
    }

    /** Takes a folio out of the swap cache and forgets that it was written, if nobody has locked it. */
    private boolean cleaned(int head) {
        if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            return false;
        }
        boolean free = !frames.test(head, Frames.SWAPCACHE) || swap.tryFreeSwap(head);
        if (free) {
            frames.clearFlags(head, Frames.DIRTY);
        }
        sync.unlock(LockClass.FOLIO_LOCK, head);
        return free;
    }
}

package org.polymm.engine.collapse;

import org.polymm.api.ScanResult;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;

/**
 * The pages that a collapse replaces: locked and taken off their lists, copied, unmapped, given back.
 *
 * <p>The table that maps them is out of its PMD entry, so that its entries are this collapse's own from the first call to the last. Which
 * folios it has locked is told by the entries and by {@link Sync}: nothing else is remembered, and several collapses may be under way.
 */
final class OldPages {

    /** Bits in which the entries of a run may differ. */
    private static final long IGNORED = Pte.ACCESSED | Pte.DIRTY | Pte.WRITE | Pte.SOFT_DIRTY;

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Contents contents;
    private final Vmstat vmstat;
    private final RmapAccounting rmap;
    private final SwapCache swap;

    OldPages(Sync sync, PhysicalMemory memory, RmapAccounting rmap, SwapCache swap) {
        this.sync = sync;
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.lru = memory.lru();
        this.contents = memory.contents();
        this.vmstat = memory.vmstat();
        this.rmap = rmap;
        this.swap = swap;
    }

    /**
     * Locks every folio and takes it off its LRU list, or none.
     *
     * @param row the table, locked
     * @param from the first entry
     * @param end after the last one
     * @return SUCCEED, or what the first entry in the way is
     */
    ScanResult isolate(long[] row, int from, int end) {
        int run;
        for (int index = from; index < end; index += run) {
            run = runAt(row, index, end);
            ScanResult result = isolate(row[index]);
            if (result != ScanResult.SUCCEED) {
                giveBack(row, from, index);
                return result;
            }
        }
        return ScanResult.SUCCEED;
    }

    private ScanResult isolate(long entry) {
        if (isEmpty(entry)) {
            return ScanResult.SUCCEED;
        }
        if (!Pte.isPresent(entry)) {
            return ScanResult.PTE_NON_PRESENT;
        }
        if (Pte.isUffdWp(entry)) {
            return ScanResult.PTE_UFFD_WP;
        }
        if (!Pte.isNormalPage(entry)) {
            return ScanResult.PAGE_NULL;
        }
        int head = frames.head(Pte.pfn(entry));
        if (!frames.test(head, Frames.ANON)) {
            return ScanResult.PAGE_ANON;
        }
        if (frames.isLarge(head) && sync.isHeld(LockClass.FOLIO_LOCK, head)) {
            return ScanResult.SUCCEED;
        }
        if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            return ScanResult.PAGE_LOCK;
        }
        ScanResult result = ScanResult.SUCCEED;
        if (frames.refcount(head) != folios.expectedRefs(head)) {
            result = ScanResult.PAGE_COUNT;
        } else if (!lru.isolate(head)) {
            result = ScanResult.DEL_PAGE_LRU;
        }
        if (result != ScanResult.SUCCEED) {
            sync.unlock(LockClass.FOLIO_LOCK, head);
        }
        return result;
    }

    /**
     * Copies what the entries map into the pages of a new folio; what they do not map is zero there already.
     *
     * @param row the table
     * @param from the first entry
     * @param end after the last one
     * @param folio the folio
     */
    void copy(long[] row, int from, int end, int folio) {
        int copied = 0;
        int run;
        for (int index = from; index < end; index += run) {
            run = runAt(row, index, end);
            if (!isEmpty(row[index])) {
                contents.copy(Pte.pfn(row[index]), folio + index - from, run);
                copied += run;
            }
        }
        vmstat.did(Work.COPIED_PAGES, copied);
        vmstat.did(Work.ZEROED_PAGES, end - from - copied);
    }

    /**
     * Unmaps the old pages, gives their folios back and empties the entries.
     *
     * @param row the table, locked
     * @param from the first entry
     * @param end after the last one
     * @param vma the VMA
     * @param address what the first entry maps, in bytes
     * @return how many entries had no page of their own
     */
    int unmap(long[] row, int from, int end, int vma, long address) {
        int filled = 0;
        int run;
        for (int index = from; index < end; index += run) {
            run = runAt(row, index, end);
            if (isEmpty(row[index])) {
                filled += run;
            } else {
                int page = Pte.pfn(row[index]);
                rmap.remove(page, run, vma, address + ((long) (index - from) << Geometry.PAGE_SHIFT));
                folios.put(frames.head(page), run);
            }
        }
        giveBackAndClear(row, from, end);
        return filled;
    }

    /** Unlocks the folios of entries and puts them back on their lists, the last one locked first. */
    private void giveBack(long[] row, int from, int end) {
        for (int index = end - 1; index >= from; index--) {
            if (Pte.isNormalPage(row[index])) {
                int head = frames.head(Pte.pfn(row[index]));
                if (!frames.isLarge(head) || sync.isHeld(LockClass.FOLIO_LOCK, head)) {
                    giveBack(head);
                }
            }
        }
    }

    private void giveBack(int head) {
        sync.unlock(LockClass.FOLIO_LOCK, head);
        lru.putback(head);
    }

    /** As {@link #giveBack} of all, and empties the entries: the folios may be gone with their last reference, so none is looked at again. */
    private void giveBackAndClear(long[] row, int from, int end) {
        for (int index = end - 1; index >= from; index--) {
            long entry = row[index];
            row[index] = Pte.NONE;
            if (Pte.isNormalPage(entry)) {
                int head = frames.head(Pte.pfn(entry));
                int pages = frames.pages(head);
                for (int below = index - 1; pages > 1 && below >= from; below--) {
                    if (Pte.isNormalPage(row[below]) && isOf(Pte.pfn(row[below]), head, pages)) {
                        row[below] = Pte.NONE;
                    }
                }
                if (frames.mapcount(head) == 0) {
                    swap.tryFreeSwap(head);
                }
                giveBack(head);
            }
        }
    }

    private static boolean isOf(int page, int head, int pages) {
        return page >= head && page < head + pages;
    }

    /** How many entries from one on map consecutive pages of one folio, or are alike empty. */
    private int runAt(long[] row, int index, int end) {
        long entry = row[index];
        if (!Pte.isNormalPage(entry)) {
            return 1;
        }
        int page = Pte.pfn(entry);
        int head = frames.head(page);
        return Pte.run(row, index, Math.min(end - index, frames.pages(head) - (page - head)), IGNORED);
    }

    private static boolean isEmpty(long entry) {
        return Pte.isNone(entry) || Pte.isPresent(entry) && Pte.isZeroPage(entry);
    }
}

package org.polymm.engine.fault;

import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Brings pages back from swap: {@code do_swap_page}.
 *
 * <pre>
 *   in the swap cache, large, and every entry of it refers to its slots ----&gt; mapped whole again
 *   in the swap cache otherwise --------------------------------------------&gt; the one page
 *   not there --------------------------------------------------------------&gt; read into a new page, which is a major fault
 *
 *   entry says exclusive, or nothing else refers to the folio --------------&gt; exclusive, and writable if the VMA is
 *   else --------------------------------------------------------------------&gt; read-only; a write goes on as a write-protect fault
 * </pre>
 */
final class SwapIn {

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Sync sync;
    private final EventLog events;
    private final Frames frames;
    private final Folios folios;
    private final LruLists lru;
    private final Vmstat vmstat;
    private final PageTables tables;
    private final AnonVmas anonVmas;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapAccounting rmap;
    private final SwapCache swap;

    SwapIn(FaultParts parts) {
        sync = parts.sync();
        events = parts.events();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        lru = parts.memory().lru();
        vmstat = parts.memory().vmstat();
        tables = parts.tables();
        anonVmas = parts.spaces().anonVmas();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        rmap = parts.mappings().rmap();
        swap = parts.swap();
    }

    /**
     * Maps the page of a swap entry.
     *
     * @param entry the swap entry that was found, without the page-table lock
     * @return {@link FaultResult#DONE}, {@link FaultResult#OOM}, or {@link FaultResult#FALLBACK} if the page is mapped and a write or unshare
     *     fault is still to be handled
     */
    int fault(int mm, int vma, long address, int flags, long entry) {
        int slot = Pte.swapOffset(entry);
        int page = swap.lockedPage(slot);
        if (page == 0) {
            int fresh = folios.allocAnon(0);
            if (fresh == 0) {
                return FaultResult.OOM;
            }
            if (!swap.read(slot, fresh)) {
                folios.put(fresh, 1);
                return FaultResult.DONE;
            }
            vmstat.increment(VmstatItem.PGMAJFAULT);
            page = fresh;
        }
        int head = frames.head(page);
        if ((flags & FaultFlags.WRITE) != 0 && !frames.test(head, Frames.LRU)) {
            lru.drain();
        }
        int leaf = tables.lockLeaf(mms.pgd(mm), address);
        int mapped = 0;
        if (leaf != 0) {
            tables.writePoints(leaf, address, 1);
            if (tables.row(leaf)[tables.pteIndex(address)] == entry) {
                mapped = map(mm, vma, leaf, address, flags, entry, page, head);
            }
            tables.unlockLeaf(leaf);
        }
        sync.unlock(LockClass.FOLIO_LOCK, head);
        if (mapped == 0) {
            folios.put(head, 1);
            return FaultResult.DONE;
        }
        events.record(EventKind.SWAP_IN, mm, address, page);
        boolean served = (flags & (FaultFlags.WRITE | FaultFlags.UNSHARE)) == 0 || mapped == WRITABLE;
        return served ? FaultResult.DONE : FaultResult.FALLBACK;
    }

    private static final int READ_ONLY = 1;
    private static final int WRITABLE = 2;

    /** Maps a page, or its whole folio; the caller's reference becomes that of the first entry. */
    private int map(int mm, int vma, int leaf, long address, int flags, long entry, int page, int head) {
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(address);
        int first = page;
        int count = 1;
        if (frames.isLarge(head) && isWhole(vma, row, index, address, entry, page, head)) {
            first = head;
            count = frames.pages(head);
        }
        int firstIndex = index - (page - first);
        long firstAddress = address - (page - first) * PAGE;
        for (int i = 0; i < count; i++) {
            swap.put(Pte.swapOffset(row[firstIndex + i]));
        }
        if (shouldFree(vma, flags, head)) {
            swap.tryFreeSwap(head);
        }
        boolean exclusive = Pte.isExclusiveSwap(entry) || frames.refcount(head) == 1;
        mms.addRssAnon(mm, count);
        mms.addRssSwap(mm, -count);
        frames.addRefs(head, count - 1);
        long vmFlags = vmas.flags(vma);
        long bits = PageProtection.ofPrivate(vmFlags) | Pte.ACCESSED | entry & (Pte.SOFT_DIRTY | Pte.UFFD_WP);
        boolean writable = exclusive && VmFlags.any(vmFlags, VmFlags.VM_WRITE) && (entry & Pte.UFFD_WP) == 0;
        long faulting = 0;
        if (writable) {
            bits |= Pte.WRITE;
            faulting = (flags & FaultFlags.WRITE) != 0 ? Pte.DIRTY : 0;
        }
        if (!frames.test(head, Frames.ANON)) {
            frames.setMapping(head, anonVmas.mappingFor(vma, exclusive), vmas.pgoffAt(vma, address));
            frames.setFlags(head, Frames.ANON | Frames.SWAPBACKED);
        }
        rmap.addAnon(first, count, vma, firstAddress, exclusive);
        for (int i = 0; i < count; i++) {
            row[firstIndex + i] = Pte.present(first + i, bits | (first + i == page ? faulting : 0));
        }
        return writable || exclusive && (flags & FaultFlags.WRITE) == 0 ? WRITABLE : READ_ONLY;
    }

    /** Whether the entries around refer to the slots of all pages of a folio, in order and otherwise alike. */
    private boolean isWhole(int vma, long[] row, int index, long address, long entry, int page, int head) {
        int before = page - head;
        int pages = frames.pages(head);
        long start = address - before * PAGE;
        if (index < before
                || index - before + pages > row.length
                || start < vmas.start(vma)
                || start + pages * PAGE > vmas.end(vma)) {
            return false;
        }
        for (int i = 0; i < pages; i++) {
            if (row[index - before + i] != entry + (i - before) * Pte.NEXT_PAGE) {
                return false;
            }
        }
        return true;
    }

    /** {@code should_try_to_free_swap}: the slots are wanted, or the cache's references may be all that forbids writing. */
    private boolean shouldFree(int vma, int flags, int head) {
        if (swap.isFull() || vmas.has(vma, VmFlags.VM_LOCKED) || frames.test(head, Frames.MLOCKED)) {
            return true;
        }
        return (flags & FaultFlags.WRITE) != 0 && frames.refcount(head) == 1 + frames.pages(head);
    }
}

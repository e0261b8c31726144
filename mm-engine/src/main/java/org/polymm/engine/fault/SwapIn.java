package org.polymm.engine.fault;

import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.ThpSettings;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.swap.SwapCache;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmLocks;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Brings pages back from swap: {@code do_swap_page}.
 *
 * <pre>
 *   in the swap cache, large, and every entry of it refers to its slots ----&gt; mapped whole again
 *   in the swap cache otherwise --------------------------------------------&gt; the one page
 *   not there, done at once, one entry refers to the slot -------------------&gt; read into a new folio past the cache, exclusive: the largest of
 *                                                                             those enabled whose slots are these entries' (major fault)
 *   not there otherwise ----------------------------------------------------&gt; read into a new page of the cache (major fault)
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
    private final MmLocks locks;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapAccounting rmap;
    private final SwapCache swap;
    private final ThpSettings thp;
    private final MthpStats mthp;
    private final LargeFolioAllocation large;
    private final int pmdOrder;
    private final boolean dirtyPastCache;

    SwapIn(FaultParts parts) {
        sync = parts.sync();
        events = parts.events();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        lru = parts.memory().lru();
        vmstat = parts.memory().vmstat();
        tables = parts.tables();
        locks = parts.spaces().locks();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        rmap = parts.mappings().rmap();
        swap = parts.swap();
        thp = parts.memory().thp();
        mthp = parts.memory().mthp();
        large = new LargeFolioAllocation(parts);
        pmdOrder = parts.geometry().pmdOrder();
        dirtyPastCache = parts.mechanisms().is(Mechanism.SWAP_IN_PAST_CACHE, "dirty");
    }

    /**
     * Maps the page of a swap entry.
     *
     * @param entry the swap entry that was found, without the page-table lock
     * @return {@link FaultResult#DONE}, {@link FaultResult#OOM}, {@link FaultResult#RETRY} with the mmap lock dropped if the flags allow that, or {@link FaultResult#FALLBACK} if the page is mapped and a write or unshare
     *     fault is still to be handled
     */
    int fault(int mm, int vma, long address, int flags, long entry) {
        int slot = Pte.swapOffset(entry);
        int page = (flags & FaultFlags.RETRY_IF_LOCKED) != 0 ? swap.tryLockedPage(slot) : swap.lockedPage(slot);
        if (page < 0) {
            return awaitUnlock(mm, frames.head(-page));
        }
        if (page == 0 && swap.isReadDirectly(slot)) {
            return direct(mm, vma, address, flags, entry);
        }
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
                mapped = map(mm, vma, leaf, address, flags, entry, page, head, false);
            }
            tables.unlockLeaf(leaf);
        }
        sync.unlock(LockClass.FOLIO_LOCK, head);
        if (mapped == 0) {
            folios.put(head, 1);
            return FaultResult.DONE;
        }
        return served(mm, address, flags, page, mapped);
    }

    /** Waits for a folio without the mmap lock: {@code folio_lock_or_retry}. */
    private int awaitUnlock(int mm, int head) {
        locks.readUnlock(mm);
        sync.lock(LockClass.FOLIO_LOCK, head);
        sync.unlock(LockClass.FOLIO_LOCK, head);
        folios.put(head, 1);
        return FaultResult.RETRY;
    }

    private int served(int mm, long address, int flags, int page, int mapped) {
        events.record(EventKind.SWAP_IN, mm, address, page);
        boolean served = (flags & (FaultFlags.WRITE | FaultFlags.UNSHARE)) == 0 || mapped == WRITABLE;
        return served ? FaultResult.DONE : FaultResult.FALLBACK;
    }

    // ---- past the cache

    /** Reads into a new folio that does not enter the cache. Nobody else refers to the slot, so what was read is this process's own. */
    private int direct(int mm, int vma, long address, int flags, long entry) {
        int root = mms.pgd(mm);
        int head = directFolio(root, vma, address, entry);
        if (head == 0) {
            return FaultResult.OOM;
        }
        vmstat.increment(VmstatItem.PGMAJFAULT);
        int pages = frames.pages(head);
        int before = (int) (address / PAGE & pages - 1);
        int page = head + before;
        int mapped = 0;
        int leaf = tables.lockLeaf(root, address);
        if (leaf != 0) {
            tables.writePoints(leaf, address - before * PAGE, pages);
            long[] row = tables.row(leaf);
            int index = tables.pteIndex(address) - before;
            int first = Pte.swapOffset(entry) - before;
            if (isRun(row, index, entry - before * Pte.NEXT_PAGE, pages) && swap.noneCached(first, pages)) {
                // Under the lock: the slots cannot be given to other pages meanwhile.
                swap.readDirectly(first, head);
                if (dirtyPastCache) {
                    frames.setFlags(head, Frames.DIRTY);
                }
                lru.add(head);
                mapped = map(mm, vma, leaf, address, flags, entry, page, head, true);
            }
            tables.unlockLeaf(leaf);
        }
        if (mapped == 0) {
            folios.put(head, 1);
            return FaultResult.DONE;
        }
        return served(mm, address, flags, page, mapped);
    }

    /** The largest folio that is to be had of those which may be, 0 if there is no page at all. */
    private int directFolio(int root, int vma, long address, long entry) {
        int orders = vmas.has(vma, VmFlags.VM_UFFD_FLAGS) || vmas.has(vma, VmFlags.VM_NOHUGEPAGE)
                ? 0
                : thp.enabledOrders(vmas.has(vma, VmFlags.VM_HUGEPAGE)) & (1 << pmdOrder) - 1;
        boolean found = false;
        for (int order = pmdOrder - 1; order > 0; order--) {
            if ((orders >>> order & 1) == 0) {
                continue;
            }
            found = found || isReadable(root, vma, address, entry, 1 << order);
            if (found) {
                int head = large.allocate(vma, order);
                if (head != 0) {
                    return head;
                }
                mthp.increment(MthpStat.SWPIN_FALLBACK, order);
            }
        }
        return folios.allocAnon(0);
    }

    /** Whether an aligned range of entries refers to as many slots, alike and in order, that can be read at once. */
    private boolean isReadable(int root, int vma, long address, long entry, int pages) {
        int before = (int) (address / PAGE & pages - 1);
        int slot = Pte.swapOffset(entry);
        long start = address - before * PAGE;
        if ((slot & pages - 1) != before || start < vmas.start(vma) || start + pages * PAGE > vmas.end(vma)) {
            return false;
        }
        for (int i = 0; i < pages; i++) {
            if (tables.peek(root, start + i * PAGE) != entry + (i - before) * Pte.NEXT_PAGE) {
                return false;
            }
        }
        return swap.noneCached(slot - before, pages) && swap.alikeInKind(slot - before, pages);
    }

    // ---- mapping

    private static final int READ_ONLY = 1;
    private static final int WRITABLE = 2;

    /** Maps a page, or its whole folio; the caller's reference becomes that of the first entry. */
    private int map(int mm, int vma, int leaf, long address, int flags, long entry, int page, int head, boolean fresh) {
        long[] row = tables.row(leaf);
        int index = tables.pteIndex(address);
        int first = page;
        int count = 1;
        if (frames.isLarge(head) && (fresh || isWhole(vma, row, index, address, entry, page, head))) {
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
        boolean exclusive = fresh || Pte.isExclusiveSwap(entry) || frames.refcount(head) == 1;
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
        if (frames.test(head, Frames.ANON)) {
            rmap.addAnon(first, count, vma, firstAddress, exclusive);
        } else {
            rmap.addSwappedIn(head, vma, firstAddress, exclusive);
        }
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
        return isRun(row, index - before, entry - before * Pte.NEXT_PAGE, pages);
    }

    private static boolean isRun(long[] row, int index, long first, int count) {
        for (int i = 0; i < count; i++) {
            if (row[index + i] != first + i * Pte.NEXT_PAGE) {
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

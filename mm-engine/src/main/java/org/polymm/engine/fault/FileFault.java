package org.polymm.engine.fault;

import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Contents;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.frame.Work;
import org.polymm.engine.mapping.PageProtection;
import org.polymm.engine.mapping.RmapAccounting;
import org.polymm.engine.mapping.RssAccounting;
import org.polymm.engine.pagecache.Files;
import org.polymm.engine.pagetable.PageTables;
import org.polymm.engine.pagetable.Pte;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.Mechanism;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Fills empty entries of mappings of files: {@code do_fault}.
 *
 * <pre>
 *    read            map the cached page, and those of up to 15 neighbours that are cached anyway (fault-around)
 *    private write   copy the cached page into an anonymous one and map that
 *    shared write    tell the file, mark the page dirty, map it writable
 * </pre>
 *
 * Where nothing is mapped at all yet and the page belongs to a huge folio, all of that is mapped at once, unless a private mapping is written.
 */
final class FileFault {

    /** {@code fault_around_bytes} in pages: an aligned window of 64 KiB. */
    private static final int FAULT_AROUND = 16;

    private static final long PAGE = Geometry.PAGE_SIZE;

    private final Sync sync;
    private final Frames frames;
    private final Folios folios;
    private final Contents contents;
    private final Vmstat vmstat;
    private final Files files;
    private final PageTables tables;
    private final MmTable mms;
    private final VmaTable vmas;
    private final RmapAccounting rmap;
    private final RssAccounting rss;
    private final UserfaultEvents userfault;
    private final EventLog events;
    private final FaultLocks locks;
    private final CachePages cache;
    private final HugeFileMapping huge;
    private final boolean assumesTable;

    FileFault(FaultParts parts, FaultLocks locks, CachePages cache, HugeFileMapping huge) {
        sync = parts.sync();
        frames = parts.memory().frames();
        folios = parts.memory().folios();
        contents = parts.memory().contents();
        vmstat = parts.memory().vmstat();
        files = parts.files();
        tables = parts.tables();
        mms = parts.spaces().mms();
        vmas = parts.spaces().vmas();
        rmap = parts.mappings().rmap();
        rss = parts.mappings().rss();
        userfault = parts.userfault();
        events = parts.events();
        assumesTable = parts.mechanisms().is(Mechanism.FAULT_AROUND_TABLE, "assume");
        this.locks = locks;
        this.cache = cache;
        this.huge = huge;
    }

    /**
     * Handles a fault on an empty entry.
     *
     * @param original what the entry was when it was looked at: none, or a userfaultfd marker
     */
    int fault(int mm, int vma, int root, long address, int flags, long original) {
        int file = vmas.file(vma);
        long index = vmas.pgoffAt(vma, address);
        boolean write = (flags & FaultFlags.WRITE) != 0;
        if (!write && isFaultAroundAllowed(vma) && mapAround(mm, vma, root, address, flags)) {
            return FaultResult.DONE;
        }
        boolean copies = write && !vmas.has(vma, VmFlags.VM_SHARED);
        if (copies) {
            // Before the file is asked: a write beyond its end leaves an anon_vma behind, and fork copies entries from
            // then on.
            int prepared = locks.prepareAnonVma(mm, vma, flags);
            if (prepared != FaultResult.DONE) {
                return prepared;
            }
        }
        if (files.isBeingPunched(file, index)) {
            return locks.awaitPunch(mm, vma, file, flags);
        }
        if (index >= files.readPages(file)) {
            return FaultResult.SIGBUS;
        }
        int reported = reportIfRegistered(mm, vma, address, flags, file, index);
        if (reported != FaultResult.FALLBACK) {
            return reported;
        }
        return copies
                ? copyPrivate(mm, vma, root, address, original)
                : map(mm, vma, root, address, flags, original, file);
    }

    /** Missing and minor faults are reported for shmem. */
    private int reportIfRegistered(int mm, int vma, long address, int flags, int file, long index) {
        if (!vmas.has(vma, VmFlags.VM_UFFD_MISSING | VmFlags.VM_UFFD_MINOR)) {
            return FaultResult.FALLBACK;
        }
        boolean cached = cache.isResident(file, index);
        if (!cached && vmas.has(vma, VmFlags.VM_UFFD_MISSING)) {
            return userfault.report(mm, vma, address, flags, UserfaultEvents.Kind.MISSING);
        }
        return cached && vmas.has(vma, VmFlags.VM_UFFD_MINOR)
                ? userfault.report(mm, vma, address, flags, UserfaultEvents.Kind.MINOR)
                : FaultResult.FALLBACK;
    }

    // ---- the page itself

    private int map(int mm, int vma, int root, long address, int flags, long original, int file) {
        int page = cache.lockedPage(vma, address);
        if (page < 0) {
            return page;
        }
        int head = frames.head(page);
        boolean write = (flags & FaultFlags.WRITE) != 0;
        if (mayMapHuge(flags)
                && huge.fits(vma, page, address)
                && huge.tryMap(
                        mm,
                        vma,
                        root,
                        address,
                        head,
                        HugeFileMapping.bits(protection(vma, file), vmas.flags(vma), write))) {
            if (write) {
                markDirty(head);
            }
            sync.unlock(LockClass.FOLIO_LOCK, head);
            return FaultResult.DONE;
        }
        int leaf = tables.leafAlloc(root, address) == 0 ? 0 : tables.lockLeaf(root, address);
        boolean whole = leaf != 0 && showsWhole(vma, page, address) && isEmptyFor(leaf, page, address);
        if (leaf != 0 && !whole) {
            tables.writePoints(leaf, address, 1);
        }
        if (leaf == 0 || tables.row(leaf)[tables.pteIndex(address)] != original) {
            if (leaf != 0) {
                tables.unlockLeaf(leaf);
            }
            cache.unlockAndPut(head);
            return FaultResult.DONE;
        }
        long bits = HugeFileMapping.bits(protection(vma, file), vmas.flags(vma), write);
        if (Pte.isUffdWp(original)) {
            bits = bits & ~Pte.WRITE | Pte.UFFD_WP;
        }
        int first = whole ? head : page;
        int count = whole ? frames.pages(head) : 1;
        frames.addRefs(head, count - 1);
        rss.add(mm, head, count);
        rmap.addFile(first, count, vma, address - (page - first) * PAGE);
        int at = tables.pteIndex(address) - (page - first);
        for (int i = 0; i < count; i++) {
            tables.row(leaf)[at + i] = Pte.present(first + i, bits);
        }
        tables.unlockLeaf(leaf);
        if (write) {
            markDirty(head);
        }
        sync.unlock(LockClass.FOLIO_LOCK, head);
        vmstat.did(Work.FILE_FAULTS, 1);
        return FaultResult.DONE;
    }

    /**
     * Whether the large folio of a page would be mapped whole at once: only of shmem, where userfaultfd does not watch, and if VMA and page table
     * show all of it.
     */
    private boolean showsWhole(int vma, int page, long address) {
        int head = frames.head(page);
        if (!frames.isLarge(head)
                || !files.is(vmas.file(vma), Files.SHMEM)
                || vmas.has(vma, VmFlags.VM_UFFD_MISSING | VmFlags.VM_UFFD_WP | VmFlags.VM_UFFD_MINOR)) {
            return false;
        }
        long first = address - (page - head) * PAGE;
        int index = tables.pteIndex(address) - (page - head);
        return first >= vmas.start(vma)
                && first + frames.pages(head) * PAGE <= vmas.end(vma)
                && index >= 0
                && index + frames.pages(head) <= tables.entries();
    }

    /** Whether all entries for the folio of a page are none. The table's lock is held. */
    private boolean isEmptyFor(int leaf, int page, long address) {
        int head = frames.head(page);
        int pages = frames.pages(head);
        tables.writePoints(leaf, address - (page - head) * PAGE, pages);
        int index = tables.pteIndex(address) - (page - head);
        for (int i = index; i < index + pages; i++) {
            if (tables.row(leaf)[i] != Pte.NONE) {
                return false;
            }
        }
        return true;
    }

    private int copyPrivate(int mm, int vma, int root, long address, long original) {
        int copy = folios.allocAnon(0);
        if (copy == 0) {
            return FaultResult.OOM;
        }
        int page = cache.lockedPage(vma, address);
        if (page < 0) {
            folios.put(copy, 1);
            return page;
        }
        contents.copy(page, copy, 1);
        int leaf = tables.leafAlloc(root, address) == 0 ? 0 : tables.lockLeaf(root, address);
        if (leaf != 0) {
            tables.writePoints(leaf, address, 1);
        }
        boolean same = leaf != 0 && tables.row(leaf)[tables.pteIndex(address)] == original;
        if (same) {
            mms.addRssAnon(mm, 1);
            rmap.addNewAnon(copy, vma, address);
            rmap.addNewToLru(copy, vma, address, MappingLevel.PTE);
            tables.row(leaf)[tables.pteIndex(address)] = Pte.present(
                    copy, AnonymousFault.keepingUffdWp(AnonymousFault.writtenBits(vmas.flags(vma)), original));
            vmstat.did(Work.COW_COPIES, 1);
            vmstat.did(Work.COPIED_PAGES, 1);
            events.record(EventKind.COW_COPY, mm, address, copy);
        }
        if (leaf != 0) {
            tables.unlockLeaf(leaf);
        }
        cache.unlockAndPut(frames.head(page));
        if (!same) {
            folios.put(copy, 1);
        }
        return FaultResult.DONE;
    }

    /** {@code vm_page_prot} of a file mapping. */
    private long protection(int vma, int file) {
        return PageProtection.of(vmas.flags(vma), isNotified(file));
    }

    /** Whether the file keeps track of its dirty pages, and so wants to know of the first write to each. */
    private boolean isNotified(int file) {
        return !files.is(file, Files.SHMEM);
    }

    private void markDirty(int head) {
        if (!frames.testAndSet(head, Frames.DIRTY) && !frames.test(head, Frames.SWAPBACKED)) {
            vmstat.add(VmstatItem.NR_DIRTY, frames.pages(head));
            vmstat.add(VmstatItem.NR_DIRTIED, frames.pages(head));
        }
    }

    // ---- fault-around

    private boolean isFaultAroundAllowed(int vma) {
        return !vmas.has(vma, VmFlags.VM_UFFD_WP | VmFlags.VM_UFFD_MINOR);
    }

    /**
     * Maps the cached pages of a window around the address, as far as VMA, page table and file reach: {@code filemap_map_pages}. The window
     * is aligned, unless the VMA begins inside it: then it is as long from there. A fault beyond the end of the file maps what it can, too, if
     * the window begins before the end.
     * Pages that somebody has locked are left out.
     *
     * @return whether the page itself was mapped, or there was something at its entry
     */
    private boolean mapAround(int mm, int vma, int root, long address, int flags) {
        int file = vmas.file(vma);
        int at = tables.pteIndex(address);
        long below = (address - vmas.start(vma)) / PAGE;
        long above = (vmas.end(vma) - 1 - address) / PAGE;
        long beforeEnd = files.readPages(file) - 1 - vmas.pgoffAt(vma, address);
        int from = (int) Math.max(at & -FAULT_AROUND, at - below);
        long last = Math.min(above, beforeEnd);
        int to = (int) Math.min(Math.min(from + FAULT_AROUND, tables.entries()) - 1, at + last);
        if (to < from) {
            return false;
        }
        // Large folios that VMA and page table show whole are mapped whole, beyond the end of the file, too.
        int lowest = (int) Math.max(0, at - below);
        int highest = (int) Math.min(tables.entries() - 1L, at + above);
        int first = hasWhole(vma, address, from - at, from - lowest, highest - from)
                ? from - inFolio(vma, address, from - at)
                : from;
        if (hasWhole(vma, address, to - at, to - lowest, highest - to)) {
            to += pagesOf(vma, address, to - at) - inFolio(vma, address, to - at) - 1;
        }
        from = first;
        if (!isWorthwhile(file, vma, address, from - at, to - at)) {
            return false;
        }
        boolean hadTable = tables.peekLeaf(root, address) != 0;
        if (!hadTable && mayMapHuge(flags) && mapHuge(mm, vma, root, address, file)) {
            return true;
        }
        int leaf = tables.leafAlloc(root, address) == 0 ? 0 : tables.lockLeaf(root, address);
        if (leaf == 0) {
            return tables.pmd(root, address) != Pte.NONE || withoutTable(mm, vma, root, address, flags, hadTable);
        }
        tables.writePoints(leaf, address + (from - at) * PAGE, to - from + 1);
        long[] row = tables.row(leaf);
        boolean mapped = false;
        for (int i = from; i <= to; ) {
            int next = row[i] == Pte.NONE ? mapIfCached(mm, vma, row, i, to, address + (i - at) * PAGE, file) : i + 1;
            mapped |= row[i] != Pte.NONE;
            i = next;
        }
        boolean done = row[at] != Pte.NONE;
        tables.unlockLeaf(leaf);
        if (mapped) {
            vmstat.did(Work.FILE_FAULTS, 1);
        }
        return done;
    }

    /** Whether the page so many pages from an address belongs to a large folio with no more pages before and behind it than there is room for. */
    private boolean hasWhole(int vma, long address, int pages, int before, int behind) {
        int file = vmas.file(vma);
        long index = vmas.pgoffAt(vma, address) + pages;
        sync.touch(Point.READ_CACHE, Files.pointOf(file, index));
        int page = files.peekPage(file, index);
        if (page == 0 || !frames.isLarge(frames.head(page))) {
            return false;
        }
        int inFolio = page - frames.head(page);
        return inFolio <= before && frames.pages(frames.head(page)) - inFolio - 1 <= behind;
    }

    private int inFolio(int vma, long address, int pages) {
        int page = files.peekPage(vmas.file(vma), vmas.pgoffAt(vma, address) + pages);
        return page - frames.head(page);
    }

    private int pagesOf(int vma, long address, int pages) {
        return frames.pages(frames.head(files.peekPage(vmas.file(vma), vmas.pgoffAt(vma, address) + pages)));
    }

    /**
     * The page table that was to be filled is gone: {@code filemap_map_pmd}. Perhaps a huge folio can be mapped in its place; for a table,
     * fault-around has one only if there was none when it began.
     *
     * @return whether the page was mapped
     */
    private boolean withoutTable(int mm, int vma, int root, long address, int flags, boolean hadTable) {
        if (mayMapHuge(flags) && mapHuge(mm, vma, root, address, vmas.file(vma))) {
            return true;
        }
        if (hadTable && assumesTable) {
            throw new IllegalStateException(
                    "fault-around at 0x" + Long.toHexString(address)
                            + " installs a page table that nobody allocated: there was one when it began, and there is none now");
        }
        return false;
    }

    /** Not for a pin that wants a page of its own, which it can only get from an entry for that page: it would ask again and again. */
    private static boolean mayMapHuge(int flags) {
        return (flags & FaultFlags.UNSHARE) == 0;
    }

    /** Maps the huge folio that the page belongs to, if it does and nobody has locked it. */
    private boolean mapHuge(int mm, int vma, int root, long address, int file) {
        long index = vmas.pgoffAt(vma, address);
        int page = files.page(file, index);
        if (page == 0 || !huge.fits(vma, page, address)) {
            return false;
        }
        int head = frames.head(page);
        frames.get(head);
        if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            folios.put(head, 1);
            return false;
        }
        boolean mapped = files.peek(file, index) == page
                && frames.head(page) == head
                && isUptodate(page)
                && huge.fits(vma, page, address);
        if (mapped) {
            mapped = huge.tryMap(
                    mm, vma, root, address, head, HugeFileMapping.bits(protection(vma, file), vmas.flags(vma), false));
        }
        if (mapped) {
            sync.unlock(LockClass.FOLIO_LOCK, head);
        } else {
            cache.unlockAndPut(head);
        }
        return mapped;
    }

    /**
     * Whether any page of the window is cached and filled. Pages of a file that is in memory from the start are put into the page cache for it, which
     * cannot be done later under the page-table lock.
     */
    private boolean isWorthwhile(int file, int vma, long address, int from, int to) {
        long index = vmas.pgoffAt(vma, address);
        if (files.is(file, Files.RESIDENT)) {
            for (int i = from; i <= to; i++) {
                if (files.peek(file, index + i) == 0 && cache.add(file, index + i) != FaultResult.DONE) {
                    return false;
                }
            }
        }
        long end = index + to + 1;
        long occupied = files.nextOccupied(file, index + from, end);
        while (occupied >= 0 && !isUptodate(files.peekPage(file, occupied))) {
            occupied = files.nextOccupied(file, occupied + 1, end);
        }
        return occupied >= 0;
    }

    /** Whether there is a page, and not one that fallocate gave and nobody has touched. */
    private boolean isUptodate(int page) {
        return page != 0 && frames.test(frames.head(page), Frames.UPTODATE);
    }

    /**
     * Maps the page of an empty entry, if it is cached and nobody has locked its folio, and with it the next pages of the folio.
     *
     * @param to the last entry that may be filled
     * @return the entry to go on with
     */
    private int mapIfCached(int mm, int vma, long[] row, int i, int to, long address, int file) {
        int page = files.page(file, vmas.pgoffAt(vma, address));
        if (page == 0) {
            return i + 1;
        }
        int head = frames.head(page);
        int end = Math.min(to + 1, i + head + frames.pages(head) - page);
        frames.get(head);
        if (!sync.tryLock(LockClass.FOLIO_LOCK, head)) {
            folios.put(head, 1);
            return end;
        }
        if (!isUptodate(page)
                || sync.isScheduled()
                        && (files.peek(file, vmas.pgoffAt(vma, address)) != page || frames.head(page) != head)) {
            cache.unlockAndPut(head);
            return i + 1;
        }
        int count = 1;
        while (i + count < end && row[i + count] == Pte.NONE) {
            count++;
        }
        frames.addRefs(head, count - 1);
        rss.add(mm, head, count);
        rmap.addFile(page, count, vma, address);
        long bits = protection(vma, file) | Pte.ACCESSED;
        for (int k = 0; k < count; k++) {
            row[i + k] = Pte.present(page + k, bits);
        }
        sync.unlock(LockClass.FOLIO_LOCK, head);
        return i + count;
    }

    // ---- the first write to a page of a shared mapping

    /**
     * Makes the entry of a shared mapping writable: {@code wp_page_shared}.
     *
     * @param leaf the leaf table; its lock is held, and is not when this returns
     * @param entry the entry
     */
    int writeShared(int mm, int vma, int root, int leaf, long address, long entry) {
        int page = Pte.pfn(entry);
        int head = frames.head(page);
        if (!isNotified(vmas.file(vma))) {
            makeWritable(mm, vma, leaf, address, entry, page);
            frames.setFlags(head, Frames.DIRTY);
            return FaultResult.DONE;
        }
        frames.get(head);
        tables.unlockLeaf(leaf);
        sync.lock(LockClass.FOLIO_LOCK, head);
        int again = tables.lockLeaf(root, address);
        tables.writePoints(again, address, 1);
        if (again != 0 && tables.row(again)[tables.pteIndex(address)] == entry) {
            makeWritable(mm, vma, again, address, entry, page);
            markDirty(head);
        } else if (again != 0) {
            tables.unlockLeaf(again);
        }
        cache.unlockAndPut(head);
        return FaultResult.DONE;
    }

    private void makeWritable(int mm, int vma, int leaf, long address, long entry, int page) {
        tables.row(leaf)[tables.pteIndex(address)] =
                entry | Pte.ACCESSED | Pte.DIRTY | PageProtection.writeBit(vmas.flags(vma));
        vmstat.increment(VmstatItem.PGREUSE);
        tables.unlockLeaf(leaf);
        events.record(EventKind.COW_REUSE, mm, address, page);
    }
}

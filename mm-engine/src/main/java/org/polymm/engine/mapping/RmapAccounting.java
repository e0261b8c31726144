package org.polymm.engine.mapping;

import org.polymm.api.split.MlockDecision;
import org.polymm.api.view.MappingLevel;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.frame.Folios;
import org.polymm.engine.frame.Frames;
import org.polymm.engine.frame.LruLists;
import org.polymm.engine.frame.MthpStat;
import org.polymm.engine.frame.MthpStats;
import org.polymm.engine.frame.PhysicalMemory;
import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.policy.Decisions;
import org.polymm.engine.policy.FolioMapcounts;
import org.polymm.engine.policy.MlockWalkFacts;
import org.polymm.engine.policy.PolicyGateway;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;
import org.polymm.engine.vma.AddressSpaces;
import org.polymm.engine.vma.AnonVmas;
import org.polymm.engine.vma.MmTable;
import org.polymm.engine.vma.VmFlags;
import org.polymm.engine.vma.VmaTable;

/**
 * Counts mappings as entries come and go: {@code folio_add_*_rmap} and {@code folio_remove_rmap_*}.
 *
 * <p>Every call is made with the lock of the table whose entry changes held. Pages are named by pfn; a run of pages lies in one folio. References
 * are the caller's: each entry that maps a page holds one of the folio's, an entry of a PMD table one for the whole folio. So is
 * {@code mm->rss}. Not thread-safe.
 */
public final class RmapAccounting {

    private static final long LOCKED_AND_ORDINARY = VmFlags.VM_LOCKED | VmFlags.VM_SPECIAL;

    private final Frames frames;
    private final Folios folios;
    private final Sync sync;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final LruLists lru;
    private final MmTable mms;
    private final VmaTable vmas;
    private final AnonVmas anonVmas;
    private final Decisions decisions;
    private final FolioMapcounts scheme;
    private final MlockWalkFacts change;
    private final DeferredSplits deferred;
    private final EventLog events;

    RmapAccounting(
            Sync sync,
            EventLog events,
            PhysicalMemory memory,
            AddressSpaces spaces,
            PolicyGateway policies,
            DeferredSplits deferred) {
        this.frames = memory.frames();
        this.folios = memory.folios();
        this.sync = sync;
        this.vmstat = memory.vmstat();
        this.mthp = memory.mthp();
        this.lru = memory.lru();
        this.mms = spaces.mms();
        this.vmas = spaces.vmas();
        this.anonVmas = spaces.anonVmas();
        this.decisions = policies.decisions();
        this.scheme = policies.mapcounts();
        this.change = policies.rmapChange();
        this.deferred = deferred;
        this.events = events;
    }

    // ---- new anonymous folios

    /**
     * Maps a new anonymous folio by entries of a leaf table, all its pages: {@code folio_add_new_anon_rmap}. The pages become exclusive.
     *
     * @param head the folio; nobody else knows it yet
     * @param vma the VMA, which has an anon_vma
     * @param address where its first page is mapped, in bytes
     */
    public void addNewAnon(int head, int vma, long address) {
        int[] records = frames.array(head);
        int at = frames.offset(head);
        int order = records[at + Frames.FLAGS] & Frames.ORDER_MASK;
        frames.setMapping(head, vmas.anonVma(vma), vmas.pgoffAt(vma, address));
        if (order == 0) {
            records[at + Frames.FLAGS] |= Frames.ANON | Frames.SWAPBACKED | Frames.ANON_EXCLUSIVE;
            records[at + Frames.MAPCOUNT] = 1;
            vmstat.increment(VmstatItem.NR_ANON_PAGES);
        } else {
            records[at + Frames.FLAGS] |= Frames.ANON | Frames.SWAPBACKED;
            addNewLarge(head, vma, order);
        }
        recordMap(head, vma, 1 << order);
    }

    private void addNewLarge(int head, int vma, int order) {
        int pages = 1 << order;
        frames.materialise(head);
        frames.setFlagsOfRun(head, pages, Frames.ANON_EXCLUSIVE);
        frames.addLargeMapcount(head, pages);
        scheme.onMap(head, mmId(vma), MappingLevel.PTE, 0, pages);
        vmstat.add(VmstatItem.NR_ANON_PAGES, pages);
        mthp.increment(MthpStat.NR_ANON, order);
    }

    /**
     * Maps a new anonymous folio of PMD order by one entry of a PMD table. Its first page becomes exclusive, for all of them.
     *
     * @param head the folio; nobody else knows it yet
     * @param vma the VMA, which has an anon_vma
     * @param address where it is mapped, in bytes
     */
    public void addNewAnonPmd(int head, int vma, long address) {
        int order = frames.order(head);
        frames.setMapping(head, vmas.anonVma(vma), vmas.pgoffAt(vma, address));
        frames.setFlags(head, Frames.ANON | Frames.SWAPBACKED | Frames.ANON_EXCLUSIVE);
        frames.addEntireMapcount(head, 1);
        frames.addLargeMapcount(head, 1);
        scheme.onMap(head, mmId(vma), MappingLevel.PMD, 0, 1 << order);
        vmstat.add(VmstatItem.NR_ANON_PAGES, 1 << order);
        vmstat.add(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES, 1);
        mthp.increment(MthpStat.NR_ANON, order);
        recordMap(head, vma, 1 << order);
    }

    /**
     * Makes a folio that was found to belong to one process alone belong to the anon_vma of its VMA, so that walks need not look at the
     * relatives: {@code folio_move_anon_rmap}. The folio is locked.
     *
     * @param head the folio
     * @param vma the VMA that maps it
     */
    public void moveAnon(int head, int vma) {
        frames.setMapping(head, vmas.anonVma(vma), frames.index(head));
    }

    // ---- more mappings

    /**
     * Maps a run of pages of an anonymous folio that already has its anon_vma: {@code folio_add_anon_rmap_ptes}.
     *
     * @param page the first page
     * @param count how many pages
     * @param vma the VMA
     * @param address where the first page is mapped, in bytes
     * @param exclusive whether the pages become exclusive
     */
    public void addAnon(int page, int count, int vma, long address, boolean exclusive) {
        int head = frames.head(page);
        addAnonRun(head, page, count, vma, exclusive);
        mlockOnAdd(head, vma, MappingLevel.PTE, address, page - head, count);
        recordMap(head, vma, count);
    }

    /**
     * Maps a folio that was just read from swap, all its pages: {@code folio_add_new_anon_rmap} as it is called for swap. It is not mlocked even
     * in a locked VMA: the kernel leaves that to who puts a new folio on its list, and these are on it already.
     *
     * @param head the folio, which no entry maps
     * @param vma the VMA
     * @param address where its first page is mapped, in bytes
     * @param exclusive whether the pages become exclusive
     */
    public void addSwappedIn(int head, int vma, long address, boolean exclusive) {
        int order = frames.order(head);
        if (order != 0) {
            frames.materialise(head);
            mthp.increment(MthpStat.NR_ANON, order);
        }
        frames.setMapping(head, anonVmas.mappingFor(vma, exclusive), vmas.pgoffAt(vma, address));
        frames.setFlags(head, Frames.ANON | Frames.SWAPBACKED);
        addAnonRun(head, head, 1 << order, vma, exclusive);
        recordMap(head, vma, 1 << order);
    }

    private void addAnonRun(int head, int page, int count, int vma, boolean exclusive) {
        int fresh = addRun(head, page, count, vma);
        if (exclusive) {
            frames.setFlagsOfRun(page, count, Frames.ANON_EXCLUSIVE);
        }
        vmstat.add(VmstatItem.NR_ANON_PAGES, fresh);
    }

    /**
     * Maps an anonymous folio that already has its anon_vma by one entry of a PMD table: {@code folio_add_anon_rmap_pmd}.
     *
     * @param head the folio
     * @param vma the VMA
     * @param address where it is mapped, in bytes
     * @param exclusive whether it becomes exclusive
     */
    public void addAnonPmd(int head, int vma, long address, boolean exclusive) {
        int fresh = addEntire(head, vma);
        if (exclusive) {
            frames.setFlags(head, Frames.ANON_EXCLUSIVE);
        }
        vmstat.add(VmstatItem.NR_ANON_PAGES, fresh);
        if (frames.entireMapcount(head) == 1) {
            vmstat.add(VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES, 1);
        }
        mlockOnAdd(head, vma, MappingLevel.PMD, address, 0, frames.pages(head));
        recordMap(head, vma, frames.pages(head));
    }

    /**
     * Maps a run of pages of a file's folio: {@code folio_add_file_rmap_ptes}.
     *
     * @param page the first page
     * @param count how many pages
     * @param vma the VMA
     * @param address where the first page is mapped, in bytes
     */
    public void addFile(int page, int count, int vma, long address) {
        int head = frames.head(page);
        vmstat.add(VmstatItem.NR_MAPPED, addRun(head, page, count, vma));
        mlockOnAdd(head, vma, MappingLevel.PTE, address, page - head, count);
        recordMap(head, vma, count);
    }

    /**
     * Maps a file's folio by one entry of a PMD table: {@code folio_add_file_rmap_pmd}.
     *
     * @param head the folio
     * @param vma the VMA
     * @param address where it is mapped, in bytes
     */
    public void addFilePmd(int head, int vma, long address) {
        vmstat.add(VmstatItem.NR_MAPPED, addEntire(head, vma));
        if (frames.entireMapcount(head) == 1) {
            vmstat.add(pmdMappedItem(head), 1);
        }
        mlockOnAdd(head, vma, MappingLevel.PMD, address, 0, frames.pages(head));
        recordMap(head, vma, frames.pages(head));
    }

    private VmstatItem pmdMappedItem(int head) {
        return frames.test(head, Frames.SWAPBACKED) ? VmstatItem.NR_SHMEM_PMDMAPPED : VmstatItem.NR_FILE_PMDMAPPED;
    }

    /** Counts the mappings of a run and says how many pages nobody mapped before. */
    private int addRun(int head, int page, int count, int vma) {
        if (!frames.isLarge(head)) {
            return frames.addPageMapcount(head, 1) == 1 ? 1 : 0;
        }
        sync.lock(LockClass.MAPCOUNT, head);
        frames.materialise(head);
        int fresh = unmappedPages(head, page, count, frames.largeMapcount(head));
        frames.addLargeMapcount(head, count);
        scheme.onMap(head, mmId(vma), MappingLevel.PTE, page - head, count);
        sync.unlock(LockClass.MAPCOUNT, head);
        return fresh;
    }

    private int addEntire(int head, int vma) {
        int pages = frames.pages(head);
        sync.lock(LockClass.MAPCOUNT, head);
        int fresh = unmappedPages(head, head, pages, frames.largeMapcount(head));
        frames.addEntireMapcount(head, 1);
        frames.addLargeMapcount(head, 1);
        scheme.onMap(head, mmId(vma), MappingLevel.PMD, 0, pages);
        sync.unlock(LockClass.MAPCOUNT, head);
        return fresh;
    }

    /**
     * How many pages of a run nobody maps: by their own counts where the scheme keeps such counts, else all pages of the folio or none.
     *
     * @param total the mappings of the folio
     */
    private int unmappedPages(int head, int page, int count, int total) {
        if (total == 0) {
            return scheme.countsPages() ? count : frames.pages(head);
        }
        if (frames.entireMapcount(head) != 0 || !scheme.countsPages()) {
            return 0;
        }
        int unmapped = 0;
        for (int pfn = page; pfn < page + count; pfn++) {
            unmapped += frames.pageMapcount(pfn) == 0 ? 1 : 0;
        }
        return unmapped;
    }

    // ---- fork

    /**
     * Maps a run of pages of an anonymous folio into a forked child as well: {@code folio_try_dup_anon_rmap_ptes}. The pages stop being
     * exclusive.
     *
     * @param page the first page
     * @param count how many pages
     * @param from the parent's VMA
     * @param to the child's VMA
     * @return false, with nothing changed, if the parent may have pinned the folio and a page of the run is exclusive: the child must
     *     get a copy
     */
    public boolean tryDupAnon(int page, int count, int from, int to) {
        int head = frames.head(page);
        if (needsCowForDma(from, head) && frames.anyInRun(page, count, Frames.ANON_EXCLUSIVE)) {
            return false;
        }
        if (frames.isLarge(head)) {
            sync.lock(LockClass.MAPCOUNT, head);
            frames.clearFlagsOfRun(page, count, Frames.ANON_EXCLUSIVE);
            frames.addLargeMapcount(head, count);
            scheme.onMap(head, mmId(to), MappingLevel.PTE, page - head, count);
            sync.unlock(LockClass.MAPCOUNT, head);
        } else {
            frames.clearFlags(head, Frames.ANON_EXCLUSIVE);
            frames.addPageMapcount(head, 1);
        }
        frames.setFlags(head, Frames.COW_SHARED);
        recordMap(head, to, count);
        return true;
    }

    /**
     * As {@link #tryDupAnon} for the most frequent case, together with the reference that the child's entry holds: a folio of one page, in an
     * address space that never pinned anything.
     *
     * @param page the page
     * @param to the child's VMA
     * @return false, with nothing changed, if the page is no anonymous folio of its own
     */
    public boolean dupSmallAnonAndGet(int page, int to) {
        int[] records = frames.array(page);
        int at = frames.offset(page);
        int flags = records[at + Frames.FLAGS];
        if ((flags & (Frames.ANON | Frames.ORDER_MASK)) != Frames.ANON) {
            return false;
        }
        frames.changesRefs(page);
        frames.changesMapcount(page);
        records[at + Frames.FLAGS] = flags & ~Frames.ANON_EXCLUSIVE | Frames.COW_SHARED;
        records[at + Frames.MAPCOUNT]++;
        records[at + Frames.REFCOUNT]++;
        recordMap(page, to, 1);
        return true;
    }

    /**
     * Maps an anonymous folio by a PMD entry into a forked child as well: {@code folio_try_dup_anon_rmap_pmd}.
     *
     * @param head the folio
     * @param from the parent's VMA
     * @param to the child's VMA
     * @return false, with nothing changed, if the parent may have pinned the folio and it is exclusive
     */
    public boolean tryDupAnonPmd(int head, int from, int to) {
        if (frames.test(head, Frames.ANON_EXCLUSIVE) && needsCowForDma(from, head)) {
            return false;
        }
        dupAnonPmdUnchecked(head, to);
        return true;
    }

    /**
     * Maps a huge anonymous folio into a forked child as well, without a look at pins: what fork did once, for {@link
     * org.polymm.engine.state.Mechanism#FORK_OF_PINNED_HUGE_PAGES}.
     *
     * @param head the folio
     * @param to the child's VMA
     */
    public void dupAnonPmdUnchecked(int head, int to) {
        sync.lock(LockClass.MAPCOUNT, head);
        frames.clearFlags(head, Frames.ANON_EXCLUSIVE);
        frames.addEntireMapcount(head, 1);
        frames.addLargeMapcount(head, 1);
        scheme.onMap(head, mmId(to), MappingLevel.PMD, 0, frames.pages(head));
        sync.unlock(LockClass.MAPCOUNT, head);
        frames.setFlags(head, Frames.COW_SHARED);
        recordMap(head, to, frames.pages(head));
    }

    /**
     * Maps a run of pages of a file's folio into a forked child as well: {@code folio_dup_file_rmap_ptes}.
     *
     * @param page the first page
     * @param count how many pages
     * @param to the child's VMA
     */
    public void dupFile(int page, int count, int to) {
        int head = frames.head(page);
        if (frames.isLarge(head)) {
            sync.lock(LockClass.MAPCOUNT, head);
            frames.addLargeMapcount(head, count);
            scheme.onMap(head, mmId(to), MappingLevel.PTE, page - head, count);
            sync.unlock(LockClass.MAPCOUNT, head);
        } else {
            frames.addPageMapcount(head, 1);
        }
        recordMap(head, to, count);
    }

    private boolean needsCowForDma(int vma, int head) {
        return mms.hasPinned(vmas.mm(vma)) && folios.maybePinned(head);
    }

    /**
     * Makes an exclusive page one that may be shared, unless a pin forbids it: {@code folio_try_share_anon_rmap_pte}. The entry that maps
     * it was cleared before, so that GUP-fast either sees that or its pin is seen here.
     *
     * @param page an exclusive page; at PMD level the head
     * @return false, with nothing changed, if it may be pinned
     */
    public boolean tryShareAnon(int page) {
        int head = frames.head(page);
        sync.point(Point.READ_COUNT, head);
        if (folios.maybePinned(head)) {
            return false;
        }
        frames.clearFlags(page, Frames.ANON_EXCLUSIVE);
        return true;
    }

    // ---- removal

    /**
     * Unmaps a run of pages: {@code folio_remove_rmap_ptes}.
     *
     * @param page the first page
     * @param count how many pages
     * @param vma the VMA
     * @param address where the first page was mapped, in bytes
     * @return whether the mapcount scheme finds the folio partially mapped now; what a boundary policy is told
     */
    public boolean remove(int page, int count, int vma, long address) {
        int order = frames.order(page);
        if (order == 0) {
            removeSmall(page, vma, address);
            return false;
        }
        int head = page & -1 << order;
        sync.lock(LockClass.MAPCOUNT, head);
        int total = frames.addLargeMapcount(head, -count);
        boolean partially = scheme.onUnmap(head, mmId(vma), MappingLevel.PTE, page - head, count);
        int gone = unmappedPages(head, page, count, total);
        sync.unlock(LockClass.MAPCOUNT, head);
        checkNotNegative(head, total);
        countUnmapped(head, gone);
        afterRemoval(head, vma, MappingLevel.PTE, address, page - head, count, partially);
        return partially;
    }

    private void removeSmall(int page, int vma, long address) {
        int[] records = frames.array(page);
        int at = frames.offset(page);
        frames.changesMapcount(page);
        int left = --records[at + Frames.MAPCOUNT];
        if (left <= 0) {
            checkNotNegative(page, left);
            boolean anon = (records[at + Frames.FLAGS] & Frames.ANON) != 0;
            vmstat.add(anon ? VmstatItem.NR_ANON_PAGES : VmstatItem.NR_MAPPED, -1);
        }
        if ((vmas.flags(vma) & VmFlags.VM_LOCKED) != 0) {
            munlockOnRemove(page, vma, MappingLevel.PTE, address, 0, 1);
        }
        recordUnmap(page, vma, 1);
    }

    /**
     * Unmaps a folio from a PMD entry: {@code folio_remove_rmap_pmd}.
     *
     * @param head the folio
     * @param vma the VMA
     * @param address where it was mapped, in bytes
     * @return whether the mapcount scheme finds the folio partially mapped now
     */
    public boolean removePmd(int head, int vma, long address) {
        int pages = frames.pages(head);
        sync.lock(LockClass.MAPCOUNT, head);
        int entire = frames.addEntireMapcount(head, -1);
        int total = frames.addLargeMapcount(head, -1);
        boolean partially = scheme.onUnmap(head, mmId(vma), MappingLevel.PMD, 0, pages);
        int gone = unmappedPages(head, head, pages, total);
        sync.unlock(LockClass.MAPCOUNT, head);
        checkNotNegative(head, Math.min(entire, total));
        if (entire == 0) {
            vmstat.add(
                    frames.test(head, Frames.ANON) ? VmstatItem.NR_ANON_TRANSPARENT_HUGEPAGES : pmdMappedItem(head),
                    -1);
        }
        countUnmapped(head, gone);
        afterRemoval(head, vma, MappingLevel.PMD, address, 0, pages, partially);
        return partially;
    }

    private void countUnmapped(int head, int pages) {
        vmstat.add(frames.test(head, Frames.ANON) ? VmstatItem.NR_ANON_PAGES : VmstatItem.NR_MAPPED, -pages);
    }

    private void afterRemoval(
            int head, int vma, MappingLevel level, long address, int inFolio, int count, boolean partially) {
        if (partially && frames.test(head, Frames.ANON) && !frames.test(head, Frames.PARTIALLY_MAPPED)) {
            deferred.partiallyMapped(head);
        }
        if ((vmas.flags(vma) & VmFlags.VM_LOCKED) != 0) {
            munlockOnRemove(head, vma, level, address, inFolio, count);
        }
        recordUnmap(head, vma, count);
    }

    private void checkNotNegative(int head, int count) {
        if (count < 0) {
            throw new IllegalStateException(
                    "more mappings of folio " + head + " are removed than were added; " + frames.describe(head));
        }
    }

    // ---- mlock

    /**
     * Puts a new anonymous folio that was just mapped on its LRU list, or mlocks it at once: {@code folio_add_lru_vma}.
     *
     * @param head the folio
     * @param vma the VMA that maps all of it
     * @param address where its first page is mapped, in bytes
     * @param level by a PMD entry or by entries of a leaf table
     */
    public void addNewToLru(int head, int vma, long address, MappingLevel level) {
        boolean locked = (vmas.flags(vma) & LOCKED_AND_ORDINARY) == VmFlags.VM_LOCKED
                && isMlockedOnAdd(head, vma, level, address, 0, frames.pages(head), true);
        lru.addNew(head, locked);
    }

    private void mlockOnAdd(int head, int vma, MappingLevel level, long address, int inFolio, int count) {
        if ((vmas.flags(vma) & LOCKED_AND_ORDINARY) == VmFlags.VM_LOCKED
                && isMlockedOnAdd(head, vma, level, address, inFolio, count, false)) {
            lru.mlock().mlockFolio(head);
        }
    }

    private boolean isMlockedOnAdd(
            int head, int vma, MappingLevel level, long address, int inFolio, int count, boolean isNew) {
        change.change(vma, head, level, address >>> Geometry.PAGE_SHIFT, inFolio, count, isNew);
        return decisions.onRmapChange(change, true) != MlockDecision.LEAVE;
    }

    private void munlockOnRemove(int head, int vma, MappingLevel level, long address, int inFolio, int count) {
        change.change(vma, head, level, address >>> Geometry.PAGE_SHIFT, inFolio, count, false);
        if (decisions.onRmapChange(change, false) != MlockDecision.LEAVE) {
            lru.mlock().munlockFolio(head);
        }
    }

    // ---- small things

    private int mmId(int vma) {
        return mms.mapcountId(vmas.mm(vma));
    }

    private void recordMap(int head, int vma, int count) {
        if (events.isOn()) {
            events.record(EventKind.MAP, head, vmas.mm(vma), count);
        }
    }

    private void recordUnmap(int head, int vma, int count) {
        if (events.isOn()) {
            events.record(EventKind.UNMAP, head, vmas.mm(vma), count);
        }
    }
}

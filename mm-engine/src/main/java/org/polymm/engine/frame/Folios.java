package org.polymm.engine.frame;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.polymm.engine.event.EventKind;
import org.polymm.engine.event.EventLog;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.IntVector;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Sync;

/**
 * Allocation, references, pins and the end of folios; and what becomes of the metadata of one that is split.
 *
 * <p>A folio is named by its head. Reference counts are Linux's: one for each mapping, one for each page in the page
 * cache or swap cache, one for each batch that holds it, and one for whoever works on it. The folio is freed when the
 * last goes.
 */
public final class Folios {

    /** References that one pin of a small folio takes; more references than that may be taken for a pin. */
    public static final int PIN_BIAS = 1024;

    /** Flags that every part of a folio that is split inherits. */
    private static final int INHERITED = Frames.ANON
            | Frames.SWAPBACKED
            | Frames.SWAPCACHE
            | Frames.LRU
            | Frames.ACTIVE
            | Frames.UNEVICTABLE
            | Frames.MLOCKED
            | Frames.REFERENCED
            | Frames.DIRTY
            | Frames.UPTODATE
            | Frames.WORKINGSET
            | Frames.COW_SHARED;

    /** Flags of folios that are not freed by clearing their record. */
    private static final int CAREFUL =
            Frames.ORDER_MASK | Frames.TAIL | Frames.FREE | Frames.RESERVED | Frames.MLOCKED | Frames.UNEVICTABLE;

    private static final int CAREFUL_OR_LIST = CAREFUL | Frames.LRU | Frames.SWAPBACKED | Frames.ACTIVE;

    private static final int HUGE_ZERO = 0;

    private final Frames frames;
    private final BuddyAllocator buddy;
    private final Vmstat vmstat;
    private final MthpStats mthp;
    private final Contents contents;
    private final EventLog events;
    private final LruLists lru;
    private final DeferredSplitQueue deferred;
    private final IntVector special;
    private final int pmdOrder;
    private FolioRelease release = FolioRelease.NONE;
    private @Nullable FolioEnd folioEnd;

    /** Folios over an allocator; {@link PhysicalMemory} puts it all together. */
    Folios(
            StateSpace space,
            Geometry geometry,
            Frames frames,
            BuddyAllocator buddy,
            Vmstat vmstat,
            MthpStats mthp,
            ThpSettings thp,
            Contents contents,
            Sync sync,
            EventLog events) {
        this.frames = frames;
        this.buddy = buddy;
        this.vmstat = vmstat;
        this.mthp = mthp;
        this.contents = contents;
        this.events = events;
        this.pmdOrder = geometry.pmdOrder();
        this.special = IntVector.sized(space, "folios", 1);
        this.lru = new LruLists(space, frames, this, vmstat, sync);
        this.deferred = new DeferredSplitQueue(space, frames, vmstat, mthp, thp, sync);
    }

    /** Connects who is told of freed folios that have a scheme handle; before the machine runs. */
    public void connect(FolioRelease folioRelease) {
        release = folioRelease;
    }

    /** Connects who is told of every folio that is freed, which takes time; before the machine runs. */
    public void connect(FolioEnd told) {
        folioEnd = told;
    }

    /** The LRU lists. */
    public LruLists lru() {
        return lru;
    }

    /** The folios to split when memory is short. */
    public DeferredSplitQueue deferred() {
        return deferred;
    }

    // ---- allocation ----

    /**
     * A new folio for anonymous memory: swap-backed, up to date, with one reference and no mapping. Memory is reclaimed
     * if there is none.
     *
     * @return its head, or 0 if there is no memory
     */
    public int allocAnon(int order) {
        return make(buddy.allocate(order), order, Frames.SWAPBACKED | Frames.UPTODATE);
    }

    /** As {@link #allocAnon} with what is free, without reclaiming: for orders that are worth no effort. */
    public int tryAllocAnon(int order) {
        return make(buddy.tryAllocate(order), order, Frames.SWAPBACKED | Frames.UPTODATE);
    }

    /**
     * A new folio for the page cache, up to date, with one reference.
     *
     * @param shmem whether it belongs to shmem, so that it is swap-backed
     * @return its head, or 0 if there is no memory
     */
    public int allocFile(int order, boolean shmem) {
        return make(buddy.allocate(order), order, shmem ? Frames.SWAPBACKED | Frames.UPTODATE : Frames.UPTODATE);
    }

    /** As {@link #allocFile} with what is free, without reclaiming. */
    public int tryAllocFile(int order, boolean shmem) {
        return make(buddy.tryAllocate(order), order, shmem ? Frames.SWAPBACKED | Frames.UPTODATE : Frames.UPTODATE);
    }

    /** A new folio with flags of the caller's choice, one reference; 0 if there is no memory. */
    public int alloc(int order, int flags) {
        return make(buddy.allocate(order), order, flags);
    }

    private int make(int pfn, int order, int flags) {
        if (pfn != 0) {
            frames.setUp(pfn, order, flags);
            vmstat.add(VmstatItem.PGALLOC_NORMAL, 1L << order);
            events.record(EventKind.FOLIO_ALLOC, pfn, order, 0);
        }
        return pfn;
    }

    /** The zero page. */
    public int zeroPfn() {
        return Frames.ZERO_PFN;
    }

    /**
     * The folio of PMD order that is mapped, read-only, where anonymous memory was only read; made when it is first
     * asked for.
     *
     * @return its head, or 0 if there is no memory for it
     */
    public int hugeZeroPfn() {
        int pfn = special.get(HUGE_ZERO);
        if (pfn == 0) {
            pfn = alloc(pmdOrder, Frames.UPTODATE);
            vmstat.increment(pfn == 0 ? VmstatItem.THP_ZERO_PAGE_ALLOC_FAILED : VmstatItem.THP_ZERO_PAGE_ALLOC);
            if (pfn != 0) {
                contents.zero(pfn, 1 << pmdOrder);
                special.set(HUGE_ZERO, pfn);
            }
        }
        return pfn;
    }

    /** The huge zero folio if it was made already, 0 if not: for checks. */
    public int madeHugeZeroPfn() {
        return special.get(HUGE_ZERO);
    }

    /** Whether a page is the zero page or belongs to the huge one. */
    public boolean isZeroPage(int pfn) {
        return pfn == Frames.ZERO_PFN || isHugeZero(pfn);
    }

    /** Whether a page belongs to the huge zero folio. */
    public boolean isHugeZero(int pfn) {
        int huge = special.get(HUGE_ZERO);
        return huge != 0 && pfn >>> pmdOrder == huge >>> pmdOrder;
    }

    // ---- references ----

    /** Drops references, and frees the folio with the last. */
    public void put(int head, int count) {
        if (frames.putTestZero(head, count)) {
            free(head);
        }
    }

    /**
     * Drops one reference of each of some folios, given their heads. Consecutive small ones that are freed thereby are
     * freed together, which costs a fraction: gather what is to be dropped, in the order of frames where there is a
     * choice.
     */
    public void putAll(int[] heads, int count) {
        for (int i = 0; i < count; ) {
            int first = heads[i];
            int run = 1;
            int most = Math.min(count - i, frames.blockMask() + 1 - (first & frames.blockMask()));
            while (run < most && heads[i + run] == first + run) {
                run++;
            }
            if (run == 1) {
                put(first, 1);
            } else {
                putRun(first, run);
            }
            i += run;
        }
    }

    /** Drops one reference of each of consecutive small folios of one block, as {@link #putAll}. */
    public void putRun(int first, int count) {
        int[] records = frames.array(first);
        int at = frames.offset(first);
        int end = first + count;
        for (int pfn = first; pfn < end; ) {
            int freeable = freeableRun(records, at, end - pfn, pfn);
            if (freeable == 0) {
                put(pfn, 1);
                freeable = 1;
            } else {
                frames.changesRefsOfRun(pfn, freeable);
                if ((records[at] & Frames.LRU) != 0) {
                    lru.unlinkRun(pfn, freeable, records[at]);
                }
                Arrays.fill(records, at, at + freeable * Frames.RECORD, 0);
                contents.zero(pfn, freeable);
                vmstat.add(VmstatItem.PGFREE, freeable);
                vmstat.did(Work.FREED_FOLIOS, freeable);
                if (events.isOn()) {
                    for (int i = 0; i < freeable; i++) {
                        events.record(EventKind.FOLIO_FREE, pfn + i, 0, 0);
                    }
                }
                FolioEnd told = folioEnd;
                for (int i = 0; told != null && i < freeable; i++) {
                    told.ended(pfn + i);
                }
                buddy.freeSingles(pfn, freeable);
            }
            pfn += freeable;
            at += freeable * Frames.RECORD;
        }
    }

    /**
     * How many small folios, from one on, have a single reference left, need no care, and are on the same list one
     * behind the other or all on none.
     */
    private static int freeableRun(int[] records, int first, int most, int pfn) {
        int flags = records[first] & CAREFUL_OR_LIST;
        if ((flags & CAREFUL) != 0) {
            return 0;
        }
        boolean listed = (flags & Frames.LRU) != 0;
        int count = 0;
        for (int at = first; count < most; at += Frames.RECORD) {
            if ((records[at] & CAREFUL_OR_LIST) != flags
                    || records[at + Frames.REFCOUNT] != 1
                    || records[at + Frames.MAPCOUNT] != 0
                    || listed && count != 0 && records[at - Frames.RECORD + Frames.PREV] != pfn + count) {
                break;
            }
            count++;
        }
        return count;
    }

    private void free(int head) {
        int[] records = frames.array(head);
        int at = frames.offset(head);
        int flags = records[at];
        if ((flags & CAREFUL) != 0 || records[at + Frames.MAPCOUNT] != 0) {
            freeCarefully(head, flags);
            return;
        }
        if ((flags & Frames.LRU) != 0) {
            lru.unlink(head);
        }
        records[at] = 0;
        records[at + Frames.MAPPING] = 0;
        records[at + Frames.INDEX] = 0;
        records[at + Frames.NEXT] = 0;
        records[at + Frames.PREV] = 0;
        records[at + Frames.PRIVATE] = 0;
        finishFree(head, 0);
    }

    /** Frees a folio that is large, or mlocked, or must not be freed. */
    private void freeCarefully(int head, int flags) {
        int order = flags & Frames.ORDER_MASK;
        if ((flags & Frames.RESERVED) != 0 || frames.mapcount(head) != 0 || order != 0 && frames.pincount(head) != 0) {
            throw new IllegalStateException("the last reference is dropped to a folio that is "
                    + ((flags & Frames.RESERVED) != 0 ? "reserved" : frames.mapcount(head) != 0 ? "mapped" : "pinned")
                    + ": " + frames.describe(head));
        }
        if ((flags & Frames.LRU) != 0) {
            lru.unlink(head);
        }
        if ((flags & Frames.MLOCKED) != 0) {
            vmstat.add(VmstatItem.NR_MLOCK, -1L << order);
            vmstat.add(VmstatItem.UNEVICTABLE_PGS_CLEARED, 1L << order);
        }
        if (order != 0) {
            forgetLarge(head, order, flags);
        }
        frames.tearDown(head, order);
        finishFree(head, order);
    }

    /** Takes a large folio out of what exists for large folios only: queue, counters, the scheme's storage. */
    private void forgetLarge(int head, int order, int flags) {
        deferred.unqueue(head);
        if ((flags & Frames.ANON) != 0) {
            mthp.add(MthpStat.NR_ANON, order, -1);
        }
        int scheme = frames.schemeHandle(head);
        if (scheme != 0) {
            frames.setSchemeHandle(head, 0);
            release.released(head, scheme);
        }
    }

    private void finishFree(int head, int order) {
        contents.zero(head, 1 << order);
        vmstat.add(VmstatItem.PGFREE, 1L << order);
        vmstat.did(Work.FREED_FOLIOS, 1);
        events.record(EventKind.FOLIO_FREE, head, order, 0);
        FolioEnd told = folioEnd;
        if (told != null) {
            told.ended(head);
        }
        buddy.free(head, order);
    }

    /** References that the folio's mappings and its places in the page cache or swap cache explain. */
    public int expectedRefs(int head) {
        frames.looksAtFlags(head);
        return frames.mapcount(head) + cacheRefs(frames.flags(head), frames.mapping(head), frames.pages(head));
    }

    private static int cacheRefs(int flags, int mapping, int pages) {
        boolean cached = (flags & Frames.SWAPCACHE) != 0 || (flags & Frames.ANON) == 0 && mapping != 0;
        return cached ? pages : 0;
    }

    // ---- pins ----

    /** Pins a folio {@code count} times, as {@code FOLL_PIN} does. The reserved zero page is not counted. */
    public void pin(int head, int count) {
        int flags = frames.flags(head);
        if ((flags & Frames.RESERVED) != 0) {
            return;
        }
        if ((flags & Frames.ORDER_MASK) == 0) {
            frames.addRefs(head, count * PIN_BIAS);
        } else {
            frames.addRefs(head, count);
            frames.addPincount(head, count);
        }
        vmstat.add(VmstatItem.NR_FOLL_PIN_ACQUIRED, count);
        events.record(EventKind.PIN, head, count, 0);
    }

    /**
     * Takes back pins.
     *
     * @throws IllegalStateException if a large folio has fewer
     */
    public void unpin(int head, int count) {
        int flags = frames.flags(head);
        if ((flags & Frames.RESERVED) != 0) {
            return;
        }
        vmstat.add(VmstatItem.NR_FOLL_PIN_RELEASED, count);
        events.record(EventKind.UNPIN, head, count, 0);
        if ((flags & Frames.ORDER_MASK) == 0) {
            put(head, count * PIN_BIAS);
        } else {
            if (frames.addPincount(head, -count) < 0) {
                throw new IllegalStateException("more pins are taken back than there were: " + frames.describe(head));
            }
            put(head, count);
        }
    }

    /** Whether a folio may be pinned: exact for large ones; a small one with many references looks so too. */
    public boolean maybePinned(int head) {
        return frames.isLarge(head) ? frames.pincount(head) > 0 : frames.refcount(head) >= PIN_BIAS;
    }

    // ---- split ----

    /**
     * Makes smaller folios of the metadata of a large one. Page-table entries are not looked at: each page's mapcount is
     * what its own count says, so PMD mappings are to be split before.
     *
     * <p>Each part has the references that its mappings and its cache entries explain, and on top: the first part those
     * that were unexplained before, any other part one, which is the caller's to drop. Parts of a folio that is on an
     * LRU list are on the list behind each other; flags of single pages stay with their pages.
     *
     * @param newOrder of the parts, less than the folio's order
     * @throws IllegalStateException if the folio is pinned or mapped by PMD entries
     */
    public void splitMetadata(int head, int newOrder) {
        int flags = frames.flags(head);
        int order = flags & Frames.ORDER_MASK;
        if (newOrder < 0 || newOrder >= order) {
            throw new IllegalArgumentException(
                    "a folio of order " + order + " is split to orders 0 to " + (order - 1) + ", not " + newOrder);
        }
        if (frames.entireMapcount(head) != 0 || frames.pincount(head) != 0) {
            throw new IllegalStateException("a folio is split while "
                    + (frames.pincount(head) != 0 ? "pinned" : "a PMD entry maps it") + ": " + frames.describe(head));
        }
        frames.materialise(head);
        forgetLarge(head, order, flags);
        if ((flags & Frames.ANON) != 0) {
            mthp.add(MthpStat.NR_ANON, newOrder, 1L << order - newOrder);
        }
        int unexplained = frames.refcount(head) - expectedRefs(head);
        int mapping = frames.mapping(head);
        long index = frames.index(head);
        int slot = frames.privateWord(head);
        int step = 1 << newOrder;
        for (int i = (1 << order) - step; i > 0; i -= step) {
            int part = head + i;
            int extra = splitOff(part, newOrder, flags & INHERITED & ~Frames.LRU, mapping, index + i);
            frames.setRefcount(part, extra + 1);
            if ((flags & Frames.SWAPCACHE) != 0) {
                frames.setPrivateWord(part, slot + i);
            }
            if ((flags & Frames.LRU) != 0) {
                lru.linkNewerThan(head, part);
            }
        }
        int kept = flags & ~(Frames.ORDER_MASK | Frames.ON_DEFERRED | Frames.PARTIALLY_MAPPED);
        frames.shrink(head, newOrder, kept);
        frames.setRefcount(head, expectedRefs(head) + unexplained);
    }

    /** Makes a folio of some pages of a larger one and returns the references that are explained. */
    private int splitOff(int part, int order, int flags, int mapping, long index) {
        frames.shrink(part, order, flags | frames.flags(part) & Frames.PER_PAGE);
        frames.setMapping(part, mapping, index);
        return expectedRefs(part);
    }
}

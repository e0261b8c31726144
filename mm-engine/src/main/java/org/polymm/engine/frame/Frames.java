package org.polymm.engine.frame;

import java.util.Arrays;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * The records of page frames: what {@code struct page} and {@code struct folio} hold, eight ints a frame.
 *
 * <p>Frames are named by page frame number (pfn). A folio is named by the pfn of its first page, its <em>head</em>.
 * Fields that belong to a folio as a whole are read at the head; the accessors do not look for it, {@link #head} does.
 * The layout, and where records of frames are that have none of their own, is in the package description.
 *
 * <p>Frame 0 is reserved and never handed out, so 0 means "no frame". Frame 1 is the zero page.
 */
public final class Frames {

    /** Ints per record. */
    public static final int RECORD = 8;

    /** Index in a record of the flags and the order. */
    public static final int FLAGS = 0;
    /** Index in a record of the mappings of this one page; 0 is unmapped. */
    public static final int MAPCOUNT = 1;
    /** Index in a record of the references to the folio. */
    public static final int REFCOUNT = 2;
    /** Index in a record of the anon_vma or file (28 bits) below bits 32 to 35 of the index. */
    public static final int MAPPING = 3;
    /** Index in a record of bits 0 to 31 of the index. */
    public static final int INDEX = 4;
    /** Index in a record of the next frame on a list, towards the tail. */
    public static final int NEXT = 5;
    /** Index in a record of the previous frame on a list; for an unevictable folio the mlock count. */
    public static final int PREV = 6;
    /** Index in a record of the swap slot, or whatever the owner keeps there. */
    public static final int PRIVATE = 7;

    // What the record of a large folio's second page holds from index 2 on, instead.
    static final int LARGE_MAPCOUNT = 2;
    static final int ENTIRE_MAPCOUNT = 3;
    static final int PINCOUNT = 4;
    static final int SCHEME = 5;
    static final int DEFERRED_NEXT = 6;
    static final int DEFERRED_PREV = 7;

    /** Bits of the flags that hold the order. */
    public static final int ORDER_MASK = 0x1f;

    /** First page of an allocated folio. */
    public static final int HEAD = 1 << 5;
    /** Later page of an allocated folio. */
    public static final int TAIL = 1 << 6;
    /** First page of a free block of the buddy allocator. */
    public static final int FREE = 1 << 7;
    /** Never handed out: frame 0 and the zero page. */
    public static final int RESERVED = 1 << 8;
    /** Anonymous memory: the mapping is an anon_vma. */
    public static final int ANON = 1 << 9;
    /** Anonymous or shmem memory: reclaim writes it to swap, and it is on the anon LRU lists. */
    public static final int SWAPBACKED = 1 << 10;
    /** In the swap cache; the slot is in the private word. */
    public static final int SWAPCACHE = 1 << 11;
    /** On an LRU list. */
    public static final int LRU = 1 << 12;
    /** On, or bound for, an active list. */
    public static final int ACTIVE = 1 << 13;
    /** On, or bound for, the unevictable list. */
    public static final int UNEVICTABLE = 1 << 14;
    /** Counted in {@code nr_mlock}. */
    public static final int MLOCKED = 1 << 15;
    /** Seen referenced once by reclaim. */
    public static final int REFERENCED = 1 << 16;
    /** Differs from what is in the file or in swap. */
    public static final int DIRTY = 1 << 17;
    /** Holds valid contents. */
    public static final int UPTODATE = 1 << 18;
    /** Being written out. */
    public static final int WRITEBACK = 1 << 19;
    /** To be reclaimed as soon as it is written. */
    public static final int RECLAIM = 1 << 20;
    /** Was active when it was reclaimed last. */
    public static final int WORKINGSET = 1 << 21;
    /** Merged by KSM. */
    public static final int KSM = 1 << 22;
    /** On the deferred-split queue. */
    public static final int ON_DEFERRED = 1 << 23;
    /** Some page of the folio was unmapped while others stayed. */
    public static final int PARTIALLY_MAPPED = 1 << 24;
    /** Belongs to hugetlb. */
    public static final int HUGETLB = 1 << 25;
    /** Isolated to be migrated. */
    public static final int ISOLATED = 1 << 26;
    /** Per page: an anonymous page that belongs to one process alone (PAE). */
    public static final int ANON_EXCLUSIVE = 1 << 27;
    /** Per page: the memory is faulty. */
    public static final int HWPOISON = 1 << 28;
    /** Free for the owner of the folio: the file system's, hugetlb's, KSM's. */
    public static final int OWNER = 1 << 29;

    /** Was mapped by two address spaces after a fork, now or earlier. */
    public static final int COW_SHARED = 1 << 30;

    /** Flags that belong to a page and not to its folio. */
    public static final int PER_PAGE = ANON_EXCLUSIVE | HWPOISON;

    /** The frame that holds zeroes for everybody. */
    public static final int ZERO_PFN = 1;

    /** What the mapping word keeps for the anon_vma or file. */
    private static final int MAPPING_BITS = 28;

    private static final int MAPPING_MASK = (1 << MAPPING_BITS) - 1;

    /** The largest machine: 2^28 frames, 1 TiB. */
    public static final int MAX_FRAMES = 1 << 28;

    private final int frameCount;
    private final int blockShift;
    private final int blockMask;
    private final FrameChunks chunks;

    // The same arrays as in chunks, here because every access goes through them. That they are of other types than what
    // the engine writes all day (ints of records, longs of tables and counters) lets the compiler look a record up once
    // for several accesses to it.
    private final int[][] slabOf;
    private final char[] unitOf;
    private final Sync sync;

    /**
     * Frames of a machine, none of which is backed by records yet but the block of the reserved ones.
     *
     * @param sync is told that counts are read and written
     * @param frameCount frames of 4 KiB, at least four blocks and at most 2^28
     */
    public Frames(StateSpace space, Sync sync, Geometry geometry, int frameCount) {
        if (frameCount < 4 << geometry.pmdOrder() || frameCount > MAX_FRAMES) {
            throw new IllegalArgumentException("a machine has " + (4 << geometry.pmdOrder()) + " to " + MAX_FRAMES
                    + " frames (2^28, 1 TiB), not " + frameCount);
        }
        this.sync = sync;
        this.frameCount = frameCount;
        this.blockShift = geometry.pmdOrder();
        this.blockMask = (1 << blockShift) - 1;
        this.chunks = new FrameChunks(blockShift, frameCount);
        this.slabOf = chunks.slabOf;
        this.unitOf = chunks.unitOf;
        chunks.back(0);
        reserve(0);
        reserve(ZERO_PFN);
        space.register(chunks);
    }

    private void reserve(int pfn) {
        setUp(pfn, 0, RESERVED | UPTODATE);
    }

    // ---- shape ----

    /** Frames of the machine; pfns are 0 to this less one. */
    public int frameCount() {
        return frameCount;
    }

    /** log2 of the frames of a block, which is the PMD order. */
    public int blockShift() {
        return blockShift;
    }

    /** Frames of a block less one: what of a pfn is the number in its block. */
    int blockMask() {
        return blockMask;
    }

    /** The frame that is mapped, read-only, where anonymous memory was only read. */
    public int zeroPfn() {
        return ZERO_PFN;
    }

    // ---- the record of a frame, for hot code ----

    /**
     * The array that holds a frame's record, from {@link #offset} on. Both are valid until the frame, or another of its
     * block, is allocated, freed or {@linkplain #materialise materialised}.
     */
    public int[] array(int pfn) {
        return slabOf[pfn >>> blockShift];
    }

    /** Index in {@link #array} of the first int of a frame's record. */
    public int offset(int pfn) {
        int unit = unitOf[pfn >>> blockShift];
        // An odd unit is one record for the whole block: the number of the page in the block becomes 0.
        return unit * FrameChunks.UNIT + (pfn & blockMask & (unit & 1) - 1) * RECORD;
    }

    private int word(int pfn, int field) {
        return array(pfn)[offset(pfn) + field];
    }

    private void setWord(int pfn, int field, int value) {
        array(pfn)[offset(pfn) + field] = value;
    }

    private int addToWord(int pfn, int field, int by) {
        return array(pfn)[offset(pfn) + field] += by;
    }

    // ---- folios ----

    /** The first page of the folio that a page belongs to; the page itself if it belongs to none. */
    public int head(int pfn) {
        return pfn & -1 << (word(pfn, FLAGS) & ORDER_MASK);
    }

    /** Order of the folio that a page belongs to. */
    public int order(int pfn) {
        return word(pfn, FLAGS) & ORDER_MASK;
    }

    /** Pages of the folio that a page belongs to. */
    public int pages(int pfn) {
        return 1 << (word(pfn, FLAGS) & ORDER_MASK);
    }

    /** Whether a page belongs to a folio of more than one page. */
    public boolean isLarge(int pfn) {
        return (word(pfn, FLAGS) & ORDER_MASK) != 0;
    }

    /** Whether a page is the first of an allocated folio. */
    public boolean isHead(int pfn) {
        int flags = word(pfn, FLAGS);
        return (flags & HEAD) != 0 && (pfn & ~(-1 << (flags & ORDER_MASK))) == 0;
    }

    /** Whether a page belongs to an allocated folio (reserved frames do). */
    public boolean isAllocated(int pfn) {
        return (word(pfn, FLAGS) & (HEAD | TAIL)) != 0;
    }

    // ---- flags ----

    /** Flags that are looked at and changed without the folio lock. The others change under a lock, with a count, or while nobody else knows the folio. */
    private static final int UNLOCKED = DIRTY
            | REFERENCED
            | WORKINGSET
            | LRU
            | ACTIVE
            | UNEVICTABLE
            | MLOCKED
            | SWAPBACKED
            | SWAPCACHE
            | ON_DEFERRED
            | PARTIALLY_MAPPED;

    private void looksAt(int pfn, int mask) {
        if ((mask & UNLOCKED) != 0) {
            sync.touch(Point.READ_FLAGS, pfn);
        }
    }

    private void changes(int pfn, int mask) {
        if ((mask & UNLOCKED) != 0) {
            sync.touch(Point.WRITE_FLAGS, pfn);
        }
    }

    /** Says that flags, read by {@link #flags}, decide about the present step though others change them without the folio lock. */
    public void looksAtFlags(int pfn) {
        sync.touch(Point.READ_FLAGS, pfn);
    }

    /** Flags and order. Of a later page: {@link #TAIL}, the order and its {@link #PER_PAGE} flags. */
    public int flags(int pfn) {
        return word(pfn, FLAGS);
    }

    /** Whether any of some flags is set. */
    public boolean test(int pfn, int mask) {
        looksAt(pfn, mask);
        return (word(pfn, FLAGS) & mask) != 0;
    }

    /** Whether all of some flags are set. */
    public boolean testAll(int pfn, int mask) {
        looksAt(pfn, mask);
        return (word(pfn, FLAGS) & mask) == mask;
    }

    /** Sets flags. */
    public void setFlags(int pfn, int mask) {
        changes(pfn, mask);
        array(pfn)[offset(pfn)] |= mask;
    }

    /** Clears flags. */
    public void clearFlags(int pfn, int mask) {
        changes(pfn, mask);
        array(pfn)[offset(pfn)] &= ~mask;
    }

    /** Clears some flags, then sets others. */
    public void changeFlags(int pfn, int clear, int set) {
        changes(pfn, clear | set);
        int[] records = array(pfn);
        int at = offset(pfn);
        records[at] = records[at] & ~clear | set;
    }

    /** Sets flags and says whether any of them was set before. */
    public boolean testAndSet(int pfn, int mask) {
        changes(pfn, mask);
        int flags = word(pfn, FLAGS);
        setWord(pfn, FLAGS, flags | mask);
        return (flags & mask) != 0;
    }

    /** Clears flags and says whether any of them was set before. */
    public boolean testAndClear(int pfn, int mask) {
        changes(pfn, mask);
        int flags = word(pfn, FLAGS);
        setWord(pfn, FLAGS, flags & ~mask);
        return (flags & mask) != 0;
    }

    /** Sets flags of consecutive pages that have records of their own, within one block. */
    public void setFlagsOfRun(int first, int count, int mask) {
        int[] records = array(first);
        int end = offset(first) + count * RECORD;
        for (int at = offset(first); at < end; at += RECORD) {
            records[at] |= mask;
        }
    }

    /** Clears flags of consecutive pages that have records of their own, within one block. */
    public void clearFlagsOfRun(int first, int count, int mask) {
        int[] records = array(first);
        int end = offset(first) + count * RECORD;
        for (int at = offset(first); at < end; at += RECORD) {
            records[at] &= ~mask;
        }
    }

    /** Whether any of consecutive pages, within one block, has one of some flags. */
    public boolean anyInRun(int first, int count, int mask) {
        for (int pfn = first; pfn < first + count; pfn++) {
            if ((word(pfn, FLAGS) & mask) != 0) {
                return true;
            }
        }
        return false;
    }

    // ---- references ----

    private void reads(int pfn) {
        sync.touch(Point.READ_COUNT, pfn);
    }

    private void writes(int pfn) {
        sync.touch(Point.WRITE_COUNT, pfn);
    }

    private void readsMapcount(int pfn) {
        sync.touch(Point.READ_MAPCOUNT, pfn);
    }

    private void writesMapcount(int pfn) {
        sync.touch(Point.WRITE_MAPCOUNT, pfn);
    }

    /** Says that the references to a page are changed in the present step by somebody who goes past the methods below. */
    public void changesRefs(int pfn) {
        writes(pfn);
    }

    /** As {@link #changesRefs} of consecutive pages. */
    public void changesRefsOfRun(int first, int count) {
        if (sync.isScheduled()) {
            for (int pfn = first; pfn < first + count; pfn++) {
                writes(pfn);
            }
        }
    }

    /** Says that the mappings of a page are changed in the present step by somebody who goes past the methods below. */
    public void changesMapcount(int pfn) {
        writesMapcount(pfn);
    }

    /** Says that what is known of the mappings of a folio, given its head, is looked at in the present step. */
    public void looksAtMapcounts(int head) {
        readsMapcount(head);
    }

    /** References to a folio, given its head. */
    public int refcount(int head) {
        reads(head);
        return word(head, REFCOUNT);
    }

    /** Takes a reference to a folio, given its head. */
    public void get(int head) {
        writes(head);
        addToWord(head, REFCOUNT, 1);
    }

    /** Takes references to a folio, given its head, and returns how many there are now. */
    public int addRefs(int head, int count) {
        writes(head);
        return addToWord(head, REFCOUNT, count);
    }

    /** Sets the references to a folio. */
    public void setRefcount(int head, int count) {
        setWord(head, REFCOUNT, count);
    }

    /**
     * Drops references to a folio and says whether that was the last. What is then to be done is done by
     * {@link Folios#put}, which is what to call unless the caller frees in batches.
     *
     * @throws IllegalStateException if there were fewer
     */
    public boolean putTestZero(int head, int count) {
        writes(head);
        int left = addToWord(head, REFCOUNT, -count);
        if (left < 0) {
            throw underflow("reference count", head, left + count, count);
        }
        return left == 0;
    }

    /** Takes a reference to a folio unless it has none, that is unless it is about to be freed. */
    public boolean tryGet(int head, int count) {
        writes(head);
        if (word(head, REFCOUNT) == 0) {
            return false;
        }
        addToWord(head, REFCOUNT, count);
        return true;
    }

    // ---- mappings ----

    /** How often this one page is mapped by page-table entries; for a page of a large folio without the entire ones. */
    public int pageMapcount(int pfn) {
        readsMapcount(pfn);
        return word(pfn, MAPCOUNT);
    }

    /** Adds to how often this one page is mapped, and returns the new count. */
    public int addPageMapcount(int pfn, int by) {
        writesMapcount(pfn);
        return addToWord(pfn, MAPCOUNT, by);
    }

    /** Sets how often this one page is mapped. */
    public void setPageMapcount(int pfn, int count) {
        setWord(pfn, MAPCOUNT, count);
    }

    /**
     * Adds to the counts of consecutive pages that have records of their own, within one block.
     *
     * @param by 1 or -1
     * @return how many pages became mapped ({@code by} 1) or unmapped ({@code by} -1)
     */
    public int addPageMapcounts(int first, int count, int by) {
        if (sync.isScheduled()) {
            for (int page = first; page < first + count; page++) {
                writesMapcount(page);
            }
        }
        int[] records = array(first);
        int at = offset(first) + MAPCOUNT;
        int edge = by > 0 ? by : 0;
        int changed = 0;
        for (int end = at + count * RECORD; at < end; at += RECORD) {
            int now = records[at] + by;
            records[at] = now;
            changed += now == edge ? 1 : 0;
        }
        return changed;
    }

    /** Mappings of a folio in all, given its head: one for each PTE and one for each PMD entry. */
    public int mapcount(int head) {
        readsMapcount(head);
        int[] records = array(head);
        int at = offset(head);
        return (records[at] & ORDER_MASK) == 0 ? records[at + MAPCOUNT] : records[at + RECORD + LARGE_MAPCOUNT];
    }

    /** The total of a large folio: page-table entries and PMD entries that map it. */
    public int largeMapcount(int head) {
        readsMapcount(head);
        return array(head)[offset(head) + RECORD + LARGE_MAPCOUNT];
    }

    /** Adds to the total of a large folio and returns the new one. */
    public int addLargeMapcount(int head, int by) {
        writesMapcount(head);
        return array(head)[offset(head) + RECORD + LARGE_MAPCOUNT] += by;
    }

    /** PMD entries that map a large folio as a whole. */
    public int entireMapcount(int head) {
        readsMapcount(head);
        return array(head)[offset(head) + RECORD + ENTIRE_MAPCOUNT];
    }

    /** Adds to the entire mappings of a large folio and returns the new count. */
    public int addEntireMapcount(int head, int by) {
        writesMapcount(head);
        return array(head)[offset(head) + RECORD + ENTIRE_MAPCOUNT] += by;
    }

    /** Pins of a large folio; small ones have them in the reference count, see {@link Folios#pin}. */
    public int pincount(int head) {
        reads(head);
        return array(head)[offset(head) + RECORD + PINCOUNT];
    }

    /** Adds to the pins of a large folio and returns the new count. */
    public int addPincount(int head, int by) {
        writes(head);
        return array(head)[offset(head) + RECORD + PINCOUNT] += by;
    }

    /** What the mapcount scheme keeps for a large folio: a handle of its own, 0 for nothing. */
    public int schemeHandle(int head) {
        return array(head)[offset(head) + RECORD + SCHEME];
    }

    /** Sets what the mapcount scheme keeps for a large folio; {@link FolioRelease} gets it back. */
    public void setSchemeHandle(int head, int handle) {
        array(head)[offset(head) + RECORD + SCHEME] = handle;
    }

    int deferredNext(int head) {
        return array(head)[offset(head) + RECORD + DEFERRED_NEXT];
    }

    void setDeferredNext(int head, int next) {
        array(head)[offset(head) + RECORD + DEFERRED_NEXT] = next;
    }

    int deferredPrev(int head) {
        return array(head)[offset(head) + RECORD + DEFERRED_PREV] & MAPPING_MASK;
    }

    void setDeferredPrev(int head, int prev) {
        int[] records = array(head);
        int at = offset(head) + RECORD + DEFERRED_PREV;
        records[at] = records[at] & ~MAPPING_MASK | prev;
    }

    /** Why a large folio was queued last for a deferred split: a number from 0 to 15 of whoever queues, kept above a link. */
    int deferredReason(int head) {
        return array(head)[offset(head) + RECORD + DEFERRED_PREV] >>> MAPPING_BITS;
    }

    void setDeferredReason(int head, int reason) {
        int[] records = array(head);
        int at = offset(head) + RECORD + DEFERRED_PREV;
        records[at] = records[at] & MAPPING_MASK | reason << MAPPING_BITS;
    }

    // ---- mapping and index ----

    /** The anon_vma or file of a folio, given its head; 0 for none. */
    public int mapping(int head) {
        return word(head, MAPPING) & MAPPING_MASK;
    }

    /** The index of a folio's first page in its mapping, in pages, given its head: 0 to 2^36 - 1. */
    public long index(int head) {
        int[] records = array(head);
        int at = offset(head);
        return (long) (records[at + MAPPING] >>> MAPPING_BITS) << 32 | records[at + INDEX] & 0xffffffffL;
    }

    /** The index of any page in its mapping, in pages. */
    public long pageIndex(int pfn) {
        int head = head(pfn);
        return index(head) + (pfn - head);
    }

    /** Says where a folio belongs: an anon_vma or file (0 to 2^28 - 1) and the index of its first page (to 2^36 - 1). */
    public void setMapping(int head, int mapping, long index) {
        int[] records = array(head);
        int at = offset(head);
        records[at + MAPPING] = mapping & MAPPING_MASK | (int) (index >>> 32) << MAPPING_BITS;
        records[at + INDEX] = (int) index;
    }

    // ---- links and private word ----

    int next(int pfn) {
        return word(pfn, NEXT);
    }

    void setNext(int pfn, int next) {
        setWord(pfn, NEXT, next);
    }

    int prev(int pfn) {
        return word(pfn, PREV);
    }

    void setPrev(int pfn, int prev) {
        setWord(pfn, PREV, prev);
    }

    /** The private word of a folio: its swap slot while {@link #SWAPCACHE} is set, otherwise its owner's. */
    public int privateWord(int head) {
        return word(head, PRIVATE);
    }

    /** Sets the private word. */
    public void setPrivateWord(int head, int word) {
        setWord(head, PRIVATE, word);
    }

    /** How many locked VMAs are known to map an unevictable folio; never too high, maybe too low. */
    public int mlockCount(int head) {
        return test(head, UNEVICTABLE) ? word(head, PREV) : 0;
    }

    // ---- allocation of records ----

    /**
     * Makes the zero records of a block of frames those of a folio: one reference, no mappings.
     *
     * @param flags in addition to {@link #HEAD} and the order
     */
    void setUp(int pfn, int order, int flags) {
        if (order >= blockShift) {
            chunks.backMini(pfn >>> blockShift, 1 << order - blockShift);
        }
        int[] records = array(pfn);
        int at = offset(pfn);
        records[at] = HEAD | order | flags;
        records[at + REFCOUNT] = 1;
        if (order != 0) {
            int pages = order >= blockShift ? 2 : 1 << order;
            for (int i = 1; i < pages; i++) {
                records[at + i * RECORD] = TAIL | order;
            }
        }
    }

    /**
     * Makes the records of some pages of a larger folio, each of which has its own, those of a folio: what its pages
     * keep are their {@link #PER_PAGE} flags and their mapcounts, of which the total is the sum.
     *
     * @param flags of the first page, in addition to {@link #HEAD} and the order
     */
    void shrink(int first, int order, int flags) {
        int total = 0;
        for (int i = 0; i < 1 << order; i++) {
            int[] records = array(first + i);
            int at = offset(first + i);
            total += records[at + MAPCOUNT];
            if (i != 0) {
                records[at] = TAIL | order | records[at] & PER_PAGE;
                Arrays.fill(records, at + REFCOUNT, at + RECORD, 0);
            }
        }
        int[] records = array(first);
        int at = offset(first);
        if ((records[at] & TAIL) != 0) {
            Arrays.fill(records, at + REFCOUNT, at + RECORD, 0);
        }
        records[at] = HEAD | order | flags;
        if (order != 0) {
            records[at + RECORD + LARGE_MAPCOUNT] = total;
        }
    }

    /** Makes the records of a folio zero, whatever they hold, and takes them away where blocks become free. */
    void tearDown(int pfn, int order) {
        if (order < blockShift) {
            int at = offset(pfn);
            Arrays.fill(array(pfn), at, at + (RECORD << order), 0);
        } else {
            chunks.clear(pfn >>> blockShift, 1 << order - blockShift);
        }
    }

    /** Gives a block that is split up a chunk of zero records. */
    void back(int block) {
        chunks.back(block);
    }

    /** Takes the chunk of a block that is free as a whole; its records are zero. */
    void unback(int block) {
        chunks.unback(block);
    }

    /**
     * Gives every page of a folio a record of its own. Folios smaller than a block always have them; one of PMD order
     * or above has not, until something per page is to be stored: call this before its pages are mapped by PTEs.
     *
     * @param pfn any page of the folio
     */
    public void materialise(int pfn) {
        if (chunks.isShared(pfn >>> blockShift)) {
            int flags = word(pfn, FLAGS);
            if ((flags & HEAD) == 0) {
                throw new IllegalStateException("frame " + pfn + " is free and has no record to give to its pages");
            }
            int order = flags & ORDER_MASK;
            chunks.expand(head(pfn) >>> blockShift, 1 << order - blockShift, TAIL | order);
        }
    }

    /** Whether a page has a record of its own, and does not share one with its whole block. */
    public boolean isMaterialised(int pfn) {
        return !chunks.isShared(pfn >>> blockShift);
    }

    /** Bytes that records take at present, those kept for later included. */
    public long recordBytes() {
        return chunks.bytes();
    }

    // ---- reports ----

    /** A frame in words, for messages. */
    public String describe(int pfn) {
        return FrameText.describe(this, pfn);
    }

    private IllegalStateException underflow(String what, int pfn, int had, int taken) {
        return new IllegalStateException("the " + what + " of frame " + pfn + " is " + had + ", and " + taken
                + " are given back; " + describe(pfn));
    }
}

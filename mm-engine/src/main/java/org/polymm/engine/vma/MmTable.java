package org.polymm.engine.vma;

import java.util.function.IntConsumer;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;

/**
 * The address spaces ({@code struct mm_struct}) of a machine, as records named by handles from 1 on.
 *
 * <p>Counters are pages unless said otherwise, addresses and resource limits are bytes. Each may be changed only under
 * the lock that protects it in the kernel, in most cases the mmap lock held for writing; this class checks nothing.
 */
public final class MmTable {

    /** A resource limit that does not bind. */
    public static final long RLIM_INFINITY = Long.MAX_VALUE;

    private static final int PGD = 0;
    private static final int VMA_ROW = 1;
    private static final int MAP_COUNT = 2;
    private static final int LAST_HIT = 3;
    private static final int DEF_FLAGS = 4;
    private static final int RSS_ANON = 5;
    private static final int RSS_FILE = 6;
    private static final int RSS_SHMEM = 7;
    private static final int RSS_SWAP = 8;
    private static final int HIWATER_RSS = 9;
    private static final int TOTAL_VM = 10;
    private static final int LOCKED_VM = 11;
    private static final int PINNED_VM = 12;
    private static final int DATA_VM = 13;
    private static final int EXEC_VM = 14;
    private static final int STACK_VM = 15;
    private static final int HIWATER_VM = 16;
    private static final int START_BRK = 17;
    private static final int BRK = 18;
    private static final int START_STACK = 19;
    private static final int MMAP_BASE = 20;
    private static final int RLIMIT_MEMLOCK = 21;
    private static final int RLIMIT_DATA = 22;
    private static final int RLIMIT_STACK = 23;
    private static final int RLIMIT_AS = 24;
    private static final int CAP_IPC_LOCK = 25;
    private static final int HAS_PINNED = 26;
    private static final int WRITE_PROTECT_SEQ = 27;
    private static final int LOCK_SEQ = 28;
    private static final int OWNER = 29;
    private static final int PARENT = 30;
    private static final int MAPCOUNT_ID = 31;
    private static final int STATE_FLAGS = 32;
    private static final int GAP_FLOOR = 33;
    private static final int GAP_LENGTH = 34;
    private static final int FIELDS = 35;

    private final RecordPool pool;
    private long[] words = {};

    /** No address spaces yet. */
    public MmTable(StateSpace space) {
        this.pool = new RecordPool(space, "mm", FIELDS, array -> words = array);
    }

    /** Takes a record. {@link AddressSpaces#newMm} makes an address space of it. */
    int allocate() {
        return pool.allocate();
    }

    void free(int mm) {
        pool.free(mm);
    }

    /** Whether a handle names an address space. */
    public boolean isLive(int mm) {
        return pool.isLive(mm);
    }

    /** Number of address spaces. */
    public int live() {
        return pool.live();
    }

    /** One above the highest handle ever in use: the bound of a loop over handles. */
    public int end() {
        return pool.end();
    }

    /** Visits the address spaces in ascending order of handles. */
    public void forEachLive(IntConsumer visitor) {
        pool.forEachLive(visitor);
    }

    /** Pages resident: anonymous, file and shmem together (VmRSS). */
    public long rss(int mm) {
        return rssAnon(mm) + rssFile(mm) + rssShmem(mm);
    }

    /** Raises {@link #hiwaterRss} to {@link #rss}. The kernel does so before it lowers the counters. */
    public void noteRssPeak(int mm) {
        hiwaterRss(mm, Math.max(hiwaterRss(mm), rss(mm)));
    }

    /** Raises {@link #hiwaterVm} to {@link #totalVm}. The kernel does so before it lowers the counter. */
    public void noteVmPeak(int mm) {
        hiwaterVm(mm, Math.max(hiwaterVm(mm), totalVm(mm)));
    }

    /** Copies the resource limits and CAP_IPC_LOCK, as fork does. */
    public void copyLimits(int from, int to) {
        rlimitMemlock(to, rlimitMemlock(from));
        rlimitData(to, rlimitData(from));
        rlimitStack(to, rlimitStack(from));
        rlimitAs(to, rlimitAs(from));
        capIpcLock(to, capIpcLock(from));
    }

    /** Handle of the root page table; 0 before the first. */
    public int pgd(int mm) {
        return (int) words[mm * FIELDS + PGD];
    }

    /** Sets {@link #pgd(int)}. */
    public void pgd(int mm, int value) {
        words[mm * FIELDS + PGD] = value;
    }

    /** Handle of the row that indexes the VMAs. */
    public int vmaRow(int mm) {
        return (int) words[mm * FIELDS + VMA_ROW];
    }

    void vmaRow(int mm, int value) {
        words[mm * FIELDS + VMA_ROW] = value;
    }

    /** Number of VMAs in the index: {@code map_count}. */
    public int mapCount(int mm) {
        return (int) words[mm * FIELDS + MAP_COUNT];
    }

    void mapCount(int mm, int value) {
        words[mm * FIELDS + MAP_COUNT] = value;
    }

    /** The VMA that the last lookup found, or 0. */
    public int lastHit(int mm) {
        return (int) words[mm * FIELDS + LAST_HIT];
    }

    void lastHit(int mm, int value) {
        words[mm * FIELDS + LAST_HIT] = value;
    }

    /** Flags that every new mapping gets: {@code def_flags}, set by mlockall(MCL_FUTURE). */
    public long defFlags(int mm) {
        return words[mm * FIELDS + DEF_FLAGS];
    }

    /** Sets {@link #defFlags(int)}. */
    public void defFlags(int mm, long value) {
        words[mm * FIELDS + DEF_FLAGS] = value;
    }

    /** MM_ANONPAGES, in pages. */
    public long rssAnon(int mm) {
        return words[mm * FIELDS + RSS_ANON];
    }

    /** Adds to {@link #rssAnon(int)} and returns the sum. */
    public long addRssAnon(int mm, long by) {
        return words[mm * FIELDS + RSS_ANON] += by;
    }

    /** MM_FILEPAGES, in pages. */
    public long rssFile(int mm) {
        return words[mm * FIELDS + RSS_FILE];
    }

    /** Adds to {@link #rssFile(int)} and returns the sum. */
    public long addRssFile(int mm, long by) {
        return words[mm * FIELDS + RSS_FILE] += by;
    }

    /** MM_SHMEMPAGES, in pages. */
    public long rssShmem(int mm) {
        return words[mm * FIELDS + RSS_SHMEM];
    }

    /** Adds to {@link #rssShmem(int)} and returns the sum. */
    public long addRssShmem(int mm, long by) {
        return words[mm * FIELDS + RSS_SHMEM] += by;
    }

    /** MM_SWAPENTS, in pages. */
    public long rssSwap(int mm) {
        return words[mm * FIELDS + RSS_SWAP];
    }

    /** Adds to {@link #rssSwap(int)} and returns the sum. */
    public long addRssSwap(int mm, long by) {
        return words[mm * FIELDS + RSS_SWAP] += by;
    }

    /** Peak of {@link #rss} so far (VmHWM), in pages, as of the last {@link #noteRssPeak}. */
    public long hiwaterRss(int mm) {
        return words[mm * FIELDS + HIWATER_RSS];
    }

    /** Sets {@link #hiwaterRss(int)}. */
    public void hiwaterRss(int mm, long value) {
        words[mm * FIELDS + HIWATER_RSS] = value;
    }

    /** Pages mapped (VmSize). */
    public long totalVm(int mm) {
        return words[mm * FIELDS + TOTAL_VM];
    }

    long addTotalVm(int mm, long by) {
        return words[mm * FIELDS + TOTAL_VM] += by;
    }

    /** Pages in VM_LOCKED VMAs (VmLck). */
    public long lockedVm(int mm) {
        return words[mm * FIELDS + LOCKED_VM];
    }

    /** Adds to {@link #lockedVm(int)} and returns the sum. */
    public long addLockedVm(int mm, long by) {
        return words[mm * FIELDS + LOCKED_VM] += by;
    }

    /** Pages that were pinned for long (VmPin). */
    public long pinnedVm(int mm) {
        return words[mm * FIELDS + PINNED_VM];
    }

    /** Adds to {@link #pinnedVm(int)} and returns the sum. */
    public long addPinnedVm(int mm, long by) {
        return words[mm * FIELDS + PINNED_VM] += by;
    }

    /** Pages of private writable mappings (VmData). */
    public long dataVm(int mm) {
        return words[mm * FIELDS + DATA_VM];
    }

    long addDataVm(int mm, long by) {
        return words[mm * FIELDS + DATA_VM] += by;
    }

    /** Pages of executable mappings (VmExe and VmLib). */
    public long execVm(int mm) {
        return words[mm * FIELDS + EXEC_VM];
    }

    long addExecVm(int mm, long by) {
        return words[mm * FIELDS + EXEC_VM] += by;
    }

    /** Pages of stacks (VmStk). */
    public long stackVm(int mm) {
        return words[mm * FIELDS + STACK_VM];
    }

    long addStackVm(int mm, long by) {
        return words[mm * FIELDS + STACK_VM] += by;
    }

    /** Peak of {@link #totalVm} so far (VmPeak), in pages, as of the last {@link #noteVmPeak}. */
    public long hiwaterVm(int mm) {
        return words[mm * FIELDS + HIWATER_VM];
    }

    /** Sets {@link #hiwaterVm(int)}. */
    public void hiwaterVm(int mm, long value) {
        words[mm * FIELDS + HIWATER_VM] = value;
    }

    /** First address of the heap, in bytes. */
    public long startBrk(int mm) {
        return words[mm * FIELDS + START_BRK];
    }

    /** Sets {@link #startBrk(int)}. */
    public void startBrk(int mm, long value) {
        words[mm * FIELDS + START_BRK] = value;
    }

    /** End of the heap, in bytes, exclusive. */
    public long brk(int mm) {
        return words[mm * FIELDS + BRK];
    }

    /** Sets {@link #brk(int)}. */
    public void brk(int mm, long value) {
        words[mm * FIELDS + BRK] = value;
    }

    /** Initial stack pointer, in bytes. */
    public long startStack(int mm) {
        return words[mm * FIELDS + START_STACK];
    }

    /** Sets {@link #startStack(int)}. */
    public void startStack(int mm, long value) {
        words[mm * FIELDS + START_STACK] = value;
    }

    /** Top-down search for room starts below this address, in bytes. */
    public long mmapBase(int mm) {
        return words[mm * FIELDS + MMAP_BASE];
    }

    /** Sets {@link #mmapBase(int)}. */
    public void mmapBase(int mm, long value) {
        words[mm * FIELDS + MMAP_BASE] = value;
        gapLength(mm, 0);
    }

    /** RLIMIT_MEMLOCK, in bytes; {@link #RLIM_INFINITY} for none. */
    public long rlimitMemlock(int mm) {
        return words[mm * FIELDS + RLIMIT_MEMLOCK];
    }

    /** Sets {@link #rlimitMemlock(int)}. */
    public void rlimitMemlock(int mm, long value) {
        words[mm * FIELDS + RLIMIT_MEMLOCK] = value;
    }

    /** RLIMIT_DATA, in bytes; {@link #RLIM_INFINITY} for none. */
    public long rlimitData(int mm) {
        return words[mm * FIELDS + RLIMIT_DATA];
    }

    /** Sets {@link #rlimitData(int)}. */
    public void rlimitData(int mm, long value) {
        words[mm * FIELDS + RLIMIT_DATA] = value;
    }

    /** RLIMIT_STACK, in bytes; {@link #RLIM_INFINITY} for none. */
    public long rlimitStack(int mm) {
        return words[mm * FIELDS + RLIMIT_STACK];
    }

    /** Sets {@link #rlimitStack(int)}. */
    public void rlimitStack(int mm, long value) {
        words[mm * FIELDS + RLIMIT_STACK] = value;
    }

    /** RLIMIT_AS, in bytes; {@link #RLIM_INFINITY} for none. */
    public long rlimitAs(int mm) {
        return words[mm * FIELDS + RLIMIT_AS];
    }

    /** Sets {@link #rlimitAs(int)}. */
    public void rlimitAs(int mm, long value) {
        words[mm * FIELDS + RLIMIT_AS] = value;
    }

    /** Whether RLIMIT_MEMLOCK does not bind it. */
    public boolean capIpcLock(int mm) {
        return words[mm * FIELDS + CAP_IPC_LOCK] != 0;
    }

    /** Sets {@link #capIpcLock(int)}. */
    public void capIpcLock(int mm, boolean value) {
        words[mm * FIELDS + CAP_IPC_LOCK] = value ? 1 : 0;
    }

    /** Whether it ever pinned a page: {@code MMF_HAS_PINNED}. Never cleared. */
    public boolean hasPinned(int mm) {
        return words[mm * FIELDS + HAS_PINNED] != 0;
    }

    /** Sets {@link #hasPinned(int)}. */
    public void hasPinned(int mm, boolean value) {
        words[mm * FIELDS + HAS_PINNED] = value ? 1 : 0;
    }

    /** Odd while fork copies its page tables: {@code write_protect_seq}. GUP-fast looks at it. */
    public long writeProtectSeq(int mm) {
        return words[mm * FIELDS + WRITE_PROTECT_SEQ];
    }

    /** Sets {@link #writeProtectSeq(int)}. */
    public void writeProtectSeq(int mm, long value) {
        words[mm * FIELDS + WRITE_PROTECT_SEQ] = value;
    }

    /** Advances whenever the mmap lock is released from writing; see {@link MmLocks}. */
    public long lockSeq(int mm) {
        return words[mm * FIELDS + LOCK_SEQ];
    }

    void lockSeq(int mm, long value) {
        words[mm * FIELDS + LOCK_SEQ] = value;
    }

    /** Number of the process. */
    public int owner(int mm) {
        return (int) words[mm * FIELDS + OWNER];
    }

    /** Sets {@link #owner(int)}. */
    public void owner(int mm, int value) {
        words[mm * FIELDS + OWNER] = value;
    }

    /** The mm it was forked from, or 0. May be gone. */
    public int parent(int mm) {
        return (int) words[mm * FIELDS + PARENT];
    }

    /** Sets {@link #parent(int)}. */
    public void parent(int mm, int value) {
        words[mm * FIELDS + PARENT] = value;
    }

    /** Id under which the mapcount scheme knows it; 0 for none. */
    public int mapcountId(int mm) {
        return (int) words[mm * FIELDS + MAPCOUNT_ID];
    }

    /** Sets {@link #mapcountId(int)}. */
    public void mapcountId(int mm, int value) {
        words[mm * FIELDS + MAPCOUNT_ID] = value;
    }

    /** A bit of {@link #stateFlags(int)}: nobody uses it any more, its memory goes; that {@code mmget_not_zero} fails. */
    public static final long EXITING = 1;

    /** A bit of {@link #stateFlags(int)}: it has or had breakpoints, {@code MMF_HAS_UPROBES}; a child inherits it. */
    public static final long HAS_UPROBES = 1 << 1;

    /** Bits such as {@link #EXITING}. */
    public long stateFlags(int mm) {
        return words[mm * FIELDS + STATE_FLAGS];
    }

    /** Sets {@link #stateFlags(int)}. */
    public void stateFlags(int mm, long value) {
        words[mm * FIELDS + STATE_FLAGS] = value;
    }

    /** See {@link UnmappedArea}. */
    public long gapFloor(int mm) {
        return words[mm * FIELDS + GAP_FLOOR];
    }

    void gapFloor(int mm, long value) {
        words[mm * FIELDS + GAP_FLOOR] = value;
    }

    /** See {@link UnmappedArea}. */
    public long gapLength(int mm) {
        return words[mm * FIELDS + GAP_LENGTH];
    }

    void gapLength(int mm, long value) {
        words[mm * FIELDS + GAP_LENGTH] = value;
    }
}

package org.polymm.engine.vma;

import java.util.function.IntConsumer;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.RecordPool;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * The VMAs ({@code struct vm_area_struct}) of a machine, as records named by handles from 1 on.
 *
 * <pre>
 *            start                         end (exclusive)
 *   ----------|--------------------------|-----------
 *             pgoff  pgoff+1   ...          page offsets
 * </pre>
 *
 * <p>Addresses are bytes, page offsets are pages. Range, offset and links are changed by this package alone, which
 * keeps the index, the anon_vma chains and the file's interval tree in step; flags and the ids may be set by those
 * who hold the mmap lock for writing and have asked {@link AddressSpaces} for a VMA that covers just the range to be
 * changed.
 */
public final class VmaTable {

    private static final int START = 0;
    private static final int END = 1;
    private static final int FLAGS = 2;
    private static final int PGOFF = 3;
    private static final int MM = 4;
    private static final int ANON_VMA = 5;
    private static final int FILE = 6;
    private static final int UFFD = 7;
    private static final int CHAIN_HEAD = 8;
    private static final int CHAIN_TAIL = 9;
    private static final int ANON_NAME = 10;
    private static final int POLICY = 11;
    private static final int LOCK_SEQ = 12;
    private static final int TRAITS = 13;
    private static final int NEXT_DETACHED = 14;
    private static final int I_MMAP_NODE = 15;
    private static final int FIELDS = I_MMAP_NODE + IntervalTree.SPAN;

    private static final long CLOSE_HOOK = 1;
    private static final long DETACHED = 2;

    private final Sync sync;
    private final RecordPool pool;
    private long[] words = {};
    private final IntervalTree byFileOffset;

    /** No VMAs yet. What faults read without the mmap lock is told to {@code sync} when it changes. */
    public VmaTable(StateSpace space, Sync sync) {
        this.sync = sync;
        this.pool = new RecordPool(space, "vma", FIELDS, array -> words = array);
        this.byFileOffset = new IntervalTree(pool, I_MMAP_NODE);
    }

    int allocate() {
        return pool.allocate();
    }

    void free(int vma) {
        pool.free(vma);
    }

    /** Trees of VMAs over the page offsets they map of a file. */
    IntervalTree byFileOffset() {
        return byFileOffset;
    }

    /** Takes a VMA that equals another, but is in no index, tree or chain. */
    int duplicate(int vma) {
        int copy = pool.allocate();
        for (int field = START; field < I_MMAP_NODE; field++) {
            words[copy * FIELDS + field] = words[vma * FIELDS + field];
        }
        chainHead(copy, 0);
        chainTail(copy, 0);
        lockSeq(copy, 0);
        setTrait(copy, DETACHED, false);
        return copy;
    }

    /** Whether a handle names a VMA. */
    public boolean isLive(int vma) {
        return pool.isLive(vma);
    }

    /** Number of VMAs of all address spaces (slab {@code vm_area_struct}). */
    public int live() {
        return pool.live();
    }

    /** One above the highest handle ever in use: the bound of a loop over handles. */
    public int endOfHandles() {
        return pool.end();
    }

    /** Visits all VMAs in ascending order of handles. */
    public void forEachLive(IntConsumer visitor) {
        pool.forEachLive(visitor);
    }

    /** Length, in pages. */
    public long pages(int vma) {
        return (end(vma) - start(vma)) >> Geometry.PAGE_SHIFT;
    }

    /** Length, in bytes. */
    public long length(int vma) {
        return end(vma) - start(vma);
    }

    /** Whether an address lies inside. */
    public boolean contains(int vma, long address) {
        return address >= start(vma) && address < end(vma);
    }

    /** Page offset of the page at an address: {@code linear_page_index}. The address need not lie inside. */
    public long pgoffAt(int vma, long address) {
        return pgoff(vma) + ((address - start(vma)) >> Geometry.PAGE_SHIFT);
    }

    /** Whether it maps no file. A private mapping of a file is not anonymous, though its written pages are. */
    public boolean isAnonymous(int vma) {
        return file(vma) == 0;
    }

    /** Whether any of some flags is set. */
    public boolean has(int vma, long someFlags) {
        return (flags(vma) & someFlags) != 0;
    }

    /** Sets and clears flags. */
    public void changeFlags(int vma, long set, long clear) {
        flags(vma, flags(vma) & ~clear | set);
    }

    /** Whether whoever made it must be told of its end, so that a merge may extend it but not make it disappear. */
    public boolean hasCloseHook(int vma) {
        return (traits(vma) & CLOSE_HOOK) != 0;
    }

    /** Says whether whoever made it must be told of its end, as for System V shared memory. */
    public void closeHook(int vma, boolean present) {
        setTrait(vma, CLOSE_HOOK, present);
    }

    /** Whether it was taken out of its address space and is being unmapped. */
    public boolean isDetached(int vma) {
        return (traits(vma) & DETACHED) != 0;
    }

    void detached(int vma, boolean value) {
        setTrait(vma, DETACHED, value);
    }

    private void setTrait(int vma, long trait, boolean value) {
        sync.touch(Point.WRITE_VMA, vma);
        traits(vma, value ? traits(vma) | trait : traits(vma) & ~trait);
    }

    void setRange(int vma, long start, long end, long pgoff) {
        start(vma, start);
        end(vma, end);
        pgoff(vma, pgoff);
    }

    /** The VMA as a line of {@code /proc/PID/maps}: range in hexadecimal, access, page offset, file or anon_vma. */
    public String describe(int vma) {
        return Long.toHexString(start(vma)) + "-" + Long.toHexString(end(vma)) + " " + VmFlags.access(flags(vma))
                + " pgoff " + Long.toHexString(pgoff(vma)) + (file(vma) != 0 ? " file " + file(vma) : "")
                + (anonVma(vma) != 0 ? " anon_vma " + anonVma(vma) : "");
    }

    /** First address, in bytes. */
    public long start(int vma) {
        return words[vma * FIELDS + START];
    }

    void start(int vma, long value) {
        sync.touch(Point.WRITE_VMA, vma);
        words[vma * FIELDS + START] = value;
    }

    /** Address after the last, in bytes. */
    public long end(int vma) {
        return words[vma * FIELDS + END];
    }

    void end(int vma, long value) {
        sync.touch(Point.WRITE_VMA, vma);
        words[vma * FIELDS + END] = value;
    }

    /** See {@link VmFlags}. */
    public long flags(int vma) {
        return words[vma * FIELDS + FLAGS];
    }

    /** Sets {@link #flags(int)}. */
    public void flags(int vma, long value) {
        sync.touch(Point.WRITE_VMA, vma);
        words[vma * FIELDS + FLAGS] = value;
    }

    /**
     * Page offset of the first page: into the file, or, if anonymous, the page number it had when its first page was
     * faulted.
     */
    public long pgoff(int vma) {
        return words[vma * FIELDS + PGOFF];
    }

    void pgoff(int vma, long value) {
        sync.touch(Point.WRITE_VMA, vma);
        words[vma * FIELDS + PGOFF] = value;
    }

    /** The address space. */
    public int mm(int vma) {
        return (int) words[vma * FIELDS + MM];
    }

    void mm(int vma, int value) {
        words[vma * FIELDS + MM] = value;
    }

    /** The anon_vma of pages it faults from now on, or 0 if it never had one. */
    public int anonVma(int vma) {
        return (int) words[vma * FIELDS + ANON_VMA];
    }

    void anonVma(int vma, int value) {
        words[vma * FIELDS + ANON_VMA] = value;
    }

    /** The file it maps, or 0 if it is anonymous. */
    public int file(int vma) {
        return (int) words[vma * FIELDS + FILE];
    }

    void file(int vma, int value) {
        words[vma * FIELDS + FILE] = value;
    }

    /** The userfaultfd context, or 0. */
    public int uffd(int vma) {
        return (int) words[vma * FIELDS + UFFD];
    }

    /** Sets {@link #uffd(int)}. */
    public void uffd(int vma, int value) {
        sync.touch(Point.WRITE_VMA, vma);
        words[vma * FIELDS + UFFD] = value;
    }

    /** Its newest anon_vma chain entry, or 0. */
    public int chainHead(int vma) {
        return (int) words[vma * FIELDS + CHAIN_HEAD];
    }

    void chainHead(int vma, int value) {
        words[vma * FIELDS + CHAIN_HEAD] = value;
    }

    /** Its oldest anon_vma chain entry, or 0. */
    public int chainTail(int vma) {
        return (int) words[vma * FIELDS + CHAIN_TAIL];
    }

    void chainTail(int vma, int value) {
        words[vma * FIELDS + CHAIN_TAIL] = value;
    }

    /** The name given by PR_SET_VMA_ANON_NAME, or 0. */
    public int anonName(int vma) {
        return (int) words[vma * FIELDS + ANON_NAME];
    }

    /** Sets {@link #anonName(int)}. */
    public void anonName(int vma, int value) {
        words[vma * FIELDS + ANON_NAME] = value;
    }

    /** The NUMA memory policy, or 0. */
    public int policy(int vma) {
        return (int) words[vma * FIELDS + POLICY];
    }

    /** Sets {@link #policy(int)}. */
    public void policy(int vma, int value) {
        words[vma * FIELDS + POLICY] = value;
    }

    /** {@link MmTable#lockSeq} of when it was last locked for writing; see {@link MmLocks}. */
    public long lockSeq(int vma) {
        return words[vma * FIELDS + LOCK_SEQ];
    }

    void lockSeq(int vma, long value) {
        words[vma * FIELDS + LOCK_SEQ] = value;
    }

    private long traits(int vma) {
        return words[vma * FIELDS + TRAITS];
    }

    private void traits(int vma, long value) {
        words[vma * FIELDS + TRAITS] = value;
    }

    /** The next of a list of VMAs that are being unmapped, or 0. */
    public int nextDetached(int vma) {
        return (int) words[vma * FIELDS + NEXT_DETACHED];
    }

    void nextDetached(int vma, int value) {
        words[vma * FIELDS + NEXT_DETACHED] = value;
    }
}

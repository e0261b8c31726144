package org.polymm.engine.pagetable;

import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongRows;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * Finds entries in page tables, and tells the scheduler which of them a step reads and writes.
 *
 * <pre>
 *   root   row of PGD entries | cached range, cached leaf, tables, deposited tables
 *            entry -> row of PUD entries
 *                       entry -> row of PMD entries
 *                                  entry -> row of PTEs (a leaf table), or a huge leaf
 * </pre>
 *
 * <p>The leaf table that was found last is remembered, for each root and once more for all: a fault looks its leaf up half a dozen times.
 */
public abstract sealed class PageTableWalks permits PageTables {

    // A root's row has these slots behind its entries.
    static final int CACHED_RANGE = 0;
    static final int CACHED_LEAF = 1;
    static final int TABLES = 2;
    static final int DEPOSITED = 3;
    static final int ROOT_EXTRA = 4;

    private static final int POINT_TABLE_SHIFT = 16;

    final LongRows rows;
    final Sync sync;
    final int entries;
    final long taskSize;
    private final int indexMask;
    private final int pteShift;
    private final int pmdShift;
    private final int pudShift;
    private final int pgdShift;

    // What leaf() found last: the same that the root's row keeps for each root, but in fields. Between two stores to
    // other rows the compiler may keep a field, where it must read a row again. No root is 0.
    private int lastRoot;
    private long lastRange;
    private int lastLeaf;

    PageTableWalks(StateSpace space, Geometry geometry, Sync sync) {
        this.rows = new LongRows(space, "page tables");
        this.sync = sync;
        this.entries = geometry.entries();
        this.indexMask = entries - 1;
        this.pteShift = geometry.shift(0);
        this.pmdShift = geometry.shift(1);
        this.pudShift = geometry.shift(2);
        this.pgdShift = geometry.shift(3);
        this.taskSize = geometry.taskSize();
        space.onRewind(this::forgetLast);
    }

    // ---- indexes and boundaries

    /**
     * Where the entry of an address is in its leaf table.
     *
     * @param address in bytes
     * @return the index
     */
    public int pteIndex(long address) {
        return (int) (address >>> pteShift) & indexMask;
    }

    /**
     * Where the entry of an address is in its PMD table.
     *
     * @param address in bytes
     * @return the index
     */
    public int pmdIndex(long address) {
        return (int) (address >>> pmdShift) & indexMask;
    }

    /**
     * Where the range of the next PMD entry begins, or where a range ends if that is earlier: the step of every walk.
     *
     * @param address in bytes
     * @param end where the range ends, in bytes
     * @return the smaller of the two, in bytes
     */
    public long pmdEnd(long address, long end) {
        long boundary = (address >>> pmdShift) + 1 << pmdShift;
        return boundary - 1 < end - 1 ? boundary : end;
    }

    /**
     * The first address of the PMD entry of an address.
     *
     * @param address in bytes
     * @return rounded down, in bytes
     */
    public long pmdStart(long address) {
        return address >>> pmdShift << pmdShift;
    }

    /** {@return how many entries a table has} */
    public int entries() {
        return entries;
    }

    /** {@return how many bytes one PMD entry maps} */
    public long pmdSize() {
        return 1L << pmdShift;
    }

    // ---- looking

    /**
     * The entries of a table, to be read and, in a leaf table, written in place. Valid until the table is freed.
     *
     * @param table a handle
     * @return the live row
     */
    public long[] row(int table) {
        return rows.row(table);
    }

    /**
     * Whether a table was made after the machine was last rewound, so that its handle may stand for another one in another run.
     *
     * @param table a handle
     * @return whether it is new
     */
    public boolean isNew(int table) {
        return rows.isNew(table);
    }

    /**
     * The leaf table of an address.
     *
     * @param root the address space
     * @param address in bytes
     * @return its handle; 0 if there is none or the PMD entry is something else
     */
    public int leaf(int root, long address) {
        return lastRoot == root && lastRange == address >>> pmdShift ? lastLeaf : leafOfRoot(root, address);
    }

    private int leafOfRoot(int root, long address) {
        long[] top = rows.row(root);
        if (top[entries + CACHED_RANGE] == (address >>> pmdShift) + 1) {
            return keepLast(root, address, (int) top[entries + CACHED_LEAF]);
        }
        int pmdTable = pmdTable(root, address);
        if (pmdTable == 0) {
            return 0;
        }
        long entry = rows.row(pmdTable)[pmdIndex(address)];
        return Pte.isTable(entry) ? remember(root, address, childOf(entry)) : 0;
    }

    int remember(int root, long address, int leaf) {
        long[] top = rows.row(root);
        top[entries + CACHED_RANGE] = (address >>> pmdShift) + 1;
        top[entries + CACHED_LEAF] = leaf;
        return keepLast(root, address, leaf);
    }

    private int keepLast(int root, long address, int leaf) {
        lastRoot = root;
        lastRange = address >>> pmdShift;
        lastLeaf = leaf;
        return leaf;
    }

    private void forgetLast() {
        lastRoot = 0;
        lastRange = 0;
        lastLeaf = 0;
    }

    void forget(int root) {
        long[] top = rows.row(root);
        top[entries + CACHED_RANGE] = 0;
        top[entries + CACHED_LEAF] = 0;
        if (lastRoot == root) {
            forgetLast();
        }
    }

    /**
     * The PMD table of an address.
     *
     * @param root the address space
     * @param address in bytes
     * @return its handle, or 0 if there is none
     */
    public int pmdTable(int root, long address) {
        long pgd = rows.row(root)[pgdIndex(address)];
        if (pgd == 0) {
            return 0;
        }
        return childOf(rows.row(childOf(pgd))[pudIndex(address)]);
    }

    /**
     * The PMD entry of an address. No scheduling point.
     *
     * @param root the address space
     * @param address in bytes
     * @return a table, a huge leaf, a migration entry, or none
     */
    public long pmd(int root, long address) {
        int pmdTable = pmdTable(root, address);
        return pmdTable == 0 ? Pte.NONE : rows.row(pmdTable)[pmdIndex(address)];
    }

    /**
     * Reads an entry of a leaf table without its lock: {@code ptep_get_lockless}. A scheduling point.
     *
     * @param root the address space
     * @param address in bytes
     * @return the entry; none if there is no leaf table
     */
    public long peek(int root, long address) {
        int leaf = leaf(root, address);
        if (sync.isScheduled()) {
            if (leaf != 0) {
                sync.point(Point.READ_PTE, pointOf(leaf, address));
                leaf = leaf(root, address);
            }
            touchUpper(Point.READ_PMD, root, address);
        }
        return leaf == 0 ? Pte.NONE : rows.row(leaf)[pteIndex(address)];
    }

    /**
     * Reads an entry of a leaf table that a PMD entry, read before, has led to: as {@link #peek} for whoever does not look at the PMD entry
     * again. A scheduling point.
     *
     * @param leaf the table
     * @param address in bytes
     * @return the entry
     * @throws TableGoneException if the table was freed, or put to another use, since
     */
    public long peekIn(int leaf, long address) {
        if (sync.isScheduled()) {
            sync.point(Point.READ_PTE, pointOf(leaf, address));
        }
        long[] row = rows.row(leaf);
        if (row.length == 0) {
            throw new TableGoneException(leaf);
        }
        return row[pteIndex(address)];
    }

    /**
     * Looks for the leaf table of an address without a lock, as the walk of a fault does. No scheduling point of its own.
     *
     * @param root the address space
     * @param address in bytes
     * @return its handle, or 0 if there is none
     */
    public int peekLeaf(int root, long address) {
        touchUpper(Point.READ_PMD, root, address);
        return leaf(root, address);
    }

    /**
     * Reads a PMD entry without its lock: {@code pmdp_get_lockless}. A scheduling point.
     *
     * @param root the address space
     * @param address in bytes
     * @return the entry; none if there is no PMD table
     */
    public long peekPmd(int root, long address) {
        if (sync.isScheduled()) {
            sync.point(Point.READ_PMD, upperPointOf(root, address));
        }
        return pmd(root, address);
    }

    /**
     * The scheduling point before the processor looks up an address for an access.
     *
     * @param root the address space
     * @param address in bytes
     * @param write whether it may set the dirty bit
     */
    public void accessPoint(int root, long address, boolean write) {
        int leaf = leaf(root, address);
        if (leaf != 0) {
            sync.point(write ? Point.WRITE_PTE : Point.READ_PTE, pointOf(leaf, address));
            touchUpper(Point.READ_PMD, root, address);
        } else {
            sync.point(write ? Point.WRITE_PMD : Point.READ_PMD, upperPointOf(root, address));
        }
    }

    /** Says that the entry of an upper table which decides about an address is read or written in the present step. */
    void touchUpper(int kind, int root, long address) {
        if (sync.isScheduled()) {
            sync.touch(kind, upperPointOf(root, address));
        }
    }

    /** The PMD entry of an address or, where tables are missing, the entry that has no table. */
    private long upperPointOf(int root, long address) {
        long pgd = rows.row(root)[pgdIndex(address)];
        if (pgd == 0) {
            return (long) root << POINT_TABLE_SHIFT | pgdIndex(address);
        }
        int pudTable = childOf(pgd);
        long pud = rows.row(pudTable)[pudIndex(address)];
        return pud == 0 ? (long) pudTable << POINT_TABLE_SHIFT | pudIndex(address) : pmdPointOf(childOf(pud), address);
    }

    /**
     * Says that entries of a leaf table are written in the present step, together with one that had a point.
     *
     * @param leaf the table, locked
     * @param begin the first of them
     * @param end the one after the last
     */
    public void touchEntries(int leaf, int begin, int end) {
        if (sync.isScheduled()) {
            for (int index = begin; index < end; index++) {
                sync.touch(Point.WRITE_PTE, (long) leaf << POINT_TABLE_SHIFT | index);
            }
        }
    }

    /** Says that an entry of an upper table is written in the present step. */
    void touchEntry(int table, int index) {
        if (sync.isScheduled()) {
            sync.touch(Point.WRITE_PMD, (long) table << POINT_TABLE_SHIFT | index);
        }
    }

    /**
     * Sets accessed and dirty bits of a huge leaf as the processor does, without the lock.
     *
     * @param root the address space
     * @param address in bytes, mapped by a huge leaf
     * @param bits {@link Pte#ACCESSED}, {@link Pte#DIRTY}
     */
    public void touchHuge(int root, long address, long bits) {
        rows.row(pmdTable(root, address))[pmdIndex(address)] |= bits;
    }

    /**
     * The scheduling points before entries of a leaf table are written that others read without its lock. To be passed before the entries
     * are looked at for the last time: what is found then is still there when they are written.
     *
     * @param leaf the table, locked
     * @param address of the first entry, in bytes
     * @param count how many entries
     */
    public void writePoints(int leaf, long address, int count) {
        if (sync.isScheduled()) {
            for (int i = 0; i < count; i++) {
                sync.point(Point.WRITE_PTE, pointOf(leaf, address) + i);
            }
        }
    }

    /**
     * The scheduling point before an entry of a PMD table is written that others read without its lock.
     *
     * @param pmdTable the table, locked
     * @param address in bytes
     */
    public void writePmdPoint(int pmdTable, long address) {
        if (sync.isScheduled()) {
            sync.point(Point.WRITE_PMD, pmdPointOf(pmdTable, address));
        }
    }

    /**
     * What a scheduling point at an entry of a leaf table is about.
     *
     * @param leaf the table
     * @param address in bytes
     * @return the object for {@link Sync#point}
     */
    public long pointOf(int leaf, long address) {
        return (long) leaf << POINT_TABLE_SHIFT | pteIndex(address);
    }

    /**
     * What a scheduling point at an entry of a PMD table is about.
     *
     * @param pmdTable the table, 0 if there is none yet
     * @param address in bytes
     * @return the object for {@link Sync#point}
     */
    public long pmdPointOf(int pmdTable, long address) {
        return (long) pmdTable << POINT_TABLE_SHIFT | pmdIndex(address);
    }

    /**
     * What maps a page: for inspection.
     *
     * @param root the address space
     * @param address in bytes
     * @return the entry of the leaf table; the PMD entry if it is a huge leaf or a migration entry (told apart by {@link Pte#HUGE} or by
     *     {@link #pmd}); none if there is no table
     */
    public long lookup(int root, long address) {
        int leaf = leaf(root, address);
        return leaf != 0 ? rows.row(leaf)[pteIndex(address)] : pmd(root, address);
    }

    /**
     * Skips addresses without anything: the first address from a given one on whose PMD entry is not none.
     *
     * @param root the address space
     * @param address where to begin, in bytes
     * @param end where to stop, in bytes
     * @return an address in the range, or {@code end}
     */
    public long nextPopulated(int root, long address, long end) {
        long at = address;
        while (at < end) {
            touchUpper(Point.READ_PMD, root, at);
            long pgd = rows.row(root)[pgdIndex(at)];
            if (pgd == 0) {
                at = after(at, pgdShift, end);
                continue;
            }
            long pud = rows.row(childOf(pgd))[pudIndex(at)];
            if (pud == 0) {
                at = after(at, pudShift, end);
                continue;
            }
            long[] row = rows.row(childOf(pud));
            int index = pmdIndex(at);
            while (row[index] == 0 && ++index < entries && at < end) {
                at = after(at, pmdShift, end);
                if (at < end) {
                    touchUpper(Point.READ_PMD, root, at);
                }
            }
            if (index < entries) {
                return at;
            }
            at = after(at, pmdShift, end);
        }
        return end;
    }

    private static long after(long address, int shift, long end) {
        return Math.min((address >>> shift) + 1 << shift, end);
    }

    // ---- encoding of upper entries

    int pgdIndex(long address) {
        return (int) (address >>> pgdShift) & indexMask;
    }

    int pudIndex(long address) {
        return (int) (address >>> pudShift) & indexMask;
    }

    static long entryOf(int table) {
        return (long) table << Pte.PAYLOAD_SHIFT | Pte.PRESENT;
    }

    static int childOf(long entry) {
        return (int) (entry >>> Pte.PAYLOAD_SHIFT);
    }

    /**
     * The table that a PMD entry leads to.
     *
     * @param entry a PMD entry for which {@link Pte#isTable} holds
     * @return the leaf table
     */
    public static int tableOf(long entry) {
        return childOf(entry);
    }
}

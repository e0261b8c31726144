package org.polymm.engine.pagetable;

import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongRows;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * All page tables of a machine: four levels of rows of {@link Pte}s, found by the handle of a root.
 *
 * <p>Handles are positive, 0 means "none". Addresses are user addresses in bytes, at least 0 and below {@link Geometry#taskSize()};
 * that is the caller's duty. Ranges are half-open.
 *
 * <p>Entries of leaf tables may be read and written in place through {@link #row}; entries of PMD tables are written by
 * {@link #setPmd} and its relatives only, which keep the leaf cache right. Not thread-safe: a machine belongs to one thread at a time.
 */
public final class PageTables {

    // A root's row has these slots behind its entries.
    private static final int CACHED_RANGE = 0;
    private static final int CACHED_LEAF = 1;
    private static final int TABLES = 2;
    private static final int DEPOSITED = 3;
    private static final int ROOT_EXTRA = 4;

    private static final int POINT_TABLE_SHIFT = 16;

    private final LongRows rows;
    private final Sync sync;
    private final Vmstat vmstat;
    private final int entries;
    private final int indexMask;
    private final int pteShift;
    private final int pmdShift;
    private final int pudShift;
    private final int pgdShift;
    private final long taskSize;
    private final RangeFreeing freeing;

    // What leaf() found last: the same that the root's row keeps for each root, but in fields. A fault looks its leaf
    // up
    // half a dozen times, and between two stores to other rows the compiler may keep a field, where it must read a row
    // again. No root is 0.
    private int lastRoot;
    private long lastRange;
    private int lastLeaf;

    /**
     * Makes the tables of a machine that has no address space yet.
     *
     * @param space where the tables are registered
     * @param geometry how many entries a table has
     * @param sync the locks
     * @param vmstat counts {@code nr_page_table_pages}, roots and deposited tables included
     */
    public PageTables(StateSpace space, Geometry geometry, Sync sync, Vmstat vmstat) {
        this.rows = new LongRows(space, "page tables");
        this.sync = sync;
        this.vmstat = vmstat;
        this.entries = geometry.entries();
        this.indexMask = entries - 1;
        this.pteShift = geometry.shift(0);
        this.pmdShift = geometry.shift(1);
        this.pudShift = geometry.shift(2);
        this.pgdShift = geometry.shift(3);
        this.taskSize = geometry.taskSize();
        this.freeing = new RangeFreeing(this, geometry);
        space.onRewind(this::forgetLast);
    }

    // ---- roots

    /** {@return the handle of a new, empty root} */
    public int newRoot() {
        vmstat.add(VmstatItem.NR_PAGE_TABLE_PAGES, 1);
        return rows.newRow(entries + ROOT_EXTRA);
    }

    /**
     * Frees a root when its address space goes away.
     *
     * @param root a root below which no table is left
     * @throws IllegalStateException if a table is left, or a deposited one was not withdrawn
     */
    public void freeRoot(int root) {
        long[] top = rows.row(root);
        if (top[entries + TABLES] != 0) {
            throw new IllegalStateException("root " + root + " is freed while " + top[entries + TABLES]
                    + " of its tables are in use, " + top[entries + DEPOSITED] + " of them deposited");
        }
        vmstat.add(VmstatItem.NR_PAGE_TABLE_PAGES, -1);
        forget(root);
        rows.freeRow(root, true);
    }

    /**
     * How many tables an address space has, the root not counted: what {@code VmPTE} in {@code /proc/PID/status} shows, in pages.
     *
     * @param root its root
     * @return PUD, PMD and leaf tables, deposited ones included
     */
    public int tables(int root) {
        return (int) rows.row(root)[entries + TABLES];
    }

    /**
     * How many tables an address space has set aside for PMD mappings.
     *
     * @param root its root
     * @return the number of deposited tables
     */
    public int depositedTables(int root) {
        return (int) rows.row(root)[entries + DEPOSITED];
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

    private int remember(int root, long address, int leaf) {
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

    private void forget(int root) {
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
    private void touchUpper(int kind, int root, long address) {
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

    // ---- locks

    /**
     * Finds the leaf table of an address and takes its lock, and makes sure that it is still the leaf table then.
     *
     * @param root the address space
     * @param address in bytes
     * @return the table with its PTL held, or 0 without any lock
     */
    public int lockLeaf(int root, long address) {
        int leaf = leaf(root, address);
        if (sync.isScheduled()) {
            return lockLeafAmongOthers(root, address, leaf);
        }
        if (leaf != 0) {
            sync.lock(LockClass.PTL, leaf);
        }
        return leaf;
    }

    /** Whoever waits for the lock, or only comes to it, may find another table there then. */
    private int lockLeafAmongOthers(int root, long address, int seen) {
        int leaf = seen;
        touchUpper(Point.READ_PMD, root, address);
        while (leaf != 0) {
            sync.lock(LockClass.PTL, leaf);
            touchUpper(Point.READ_PMD, root, address);
            int now = leaf(root, address);
            if (now == leaf) {
                return leaf;
            }
            sync.unlock(LockClass.PTL, leaf);
            leaf = now;
        }
        return 0;
    }

    /**
     * Drops the lock that {@link #lockLeaf} took.
     *
     * @param leaf a leaf table
     */
    public void unlockLeaf(int leaf) {
        sync.unlock(LockClass.PTL, leaf);
    }

    /**
     * Takes the lock of a PMD table.
     *
     * @param pmdTable a PMD table
     */
    public void lockPmd(int pmdTable) {
        sync.lock(LockClass.PMD_LOCK, pmdTable);
    }

    /**
     * Drops the lock of a PMD table.
     *
     * @param pmdTable a PMD table
     */
    public void unlockPmd(int pmdTable) {
        sync.unlock(LockClass.PMD_LOCK, pmdTable);
    }

    // ---- making tables

    /**
     * The PMD table of an address, made if there is none.
     *
     * @param root the address space
     * @param address in bytes
     * @return its handle
     */
    public int pmdTableAlloc(int root, long address) {
        int pud = childAlloc(root, root, pgdIndex(address));
        return childAlloc(root, pud, pudIndex(address));
    }

    private int childAlloc(int root, int table, int index) {
        long entry = rows.row(table)[index];
        if (entry != 0) {
            return childOf(entry);
        }
        int child = newTable(root);
        touchEntry(table, index);
        rows.row(table)[index] = entryOf(child);
        return child;
    }

    /**
     * The leaf table of an address, made if the PMD entry is none. Takes the PMD lock when it makes one, so it must not be held.
     *
     * @param root the address space
     * @param address in bytes
     * @return its handle; 0 if the PMD entry is a huge leaf or a migration entry
     */
    public int leafAlloc(int root, long address) {
        int leaf = leaf(root, address);
        touchUpper(Point.READ_PMD, root, address);
        return leaf != 0 ? leaf : leafMake(root, address);
    }

    private int leafMake(int root, long address) {
        int pmdTable = pmdTableAlloc(root, address);
        if (pmd(root, address) == Pte.NONE) {
            int leaf = newTable(root);
            lockPmd(pmdTable);
            boolean lost = rows.row(pmdTable)[pmdIndex(address)] != Pte.NONE;
            if (!lost) {
                installLeaf(root, pmdTable, address, leaf);
            }
            unlockPmd(pmdTable);
            if (lost) {
                freeTable(root, leaf);
            }
        }
        return leaf(root, address);
    }

    private int newTable(int root) {
        count(root, 1);
        return rows.newRow(entries);
    }

    /**
     * Frees a table that is not, or no longer, installed, once those who walk tables without a lock have left it. While tasks are
     * scheduled that is at no certain time, and the table stays readable.
     *
     * @param root the address space
     * @param table a leaf table without entries, taken out by {@link #detachLeaf} or never installed
     * @throws IllegalStateException if an entry is left in it
     */
    public void freeTable(int root, int table) {
        if (!isEmpty(table)) {
            throw new IllegalStateException(
                    "table " + table + " of root " + root + " is freed while it holds " + describeFirstEntry(table));
        }
        count(root, -1);
        if (!sync.isScheduled()) {
            rows.freeRow(table, false);
        }
    }

    /**
     * Frees a table at once, or puts it to another use: whoever still reads it without a lock reads what is not his.
     *
     * @param root the address space
     * @param table a leaf table without entries that is not installed
     * @throws IllegalStateException if an entry is left in it
     */
    public void freeTableNow(int root, int table) {
        if (sync.isScheduled()) {
            touchEntries(table, 0, entries);
        }
        freeTable(root, table);
        if (sync.isScheduled()) {
            rows.freeRow(table, false);
        }
    }

    /**
     * Empties a detached table, so that it can be freed though somebody put entries into it: they are lost.
     *
     * @param table a leaf table that is not installed
     * @return how many there were
     */
    public int lose(int table) {
        long[] row = rows.row(table);
        int lost = 0;
        for (int index = 0; index < entries; index++) {
            lost += row[index] == Pte.NONE ? 0 : 1;
            row[index] = Pte.NONE;
        }
        return lost;
    }

    /**
     * Tells whether a table has no entries.
     *
     * @param table a table of any level
     * @return whether all entries are none; migration entries, swap entries and markers are entries
     */
    public boolean isEmpty(int table) {
        long any = 0;
        for (long entry : rows.row(table)) {
            any |= entry;
        }
        return any == 0;
    }

    private String describeFirstEntry(int table) {
        long[] row = rows.row(table);
        int index = 0;
        while (row[index] == 0) {
            index++;
        }
        return "entry " + index + ": " + Pte.describe(row[index]);
    }

    private void count(int root, int delta) {
        rows.row(root)[entries + TABLES] += delta;
        vmstat.add(VmstatItem.NR_PAGE_TABLE_PAGES, delta);
    }

    // ---- changing PMD entries, PMD lock held

    /**
     * Stores a PMD entry that is no table: a huge leaf, a migration entry, or none. What was there is the caller's to release.
     *
     * @param root the address space
     * @param pmdTable the PMD table of the address
     * @param address in bytes
     * @param entry the entry
     */
    public void setPmd(int root, int pmdTable, long address, long entry) {
        touchEntry(pmdTable, pmdIndex(address));
        rows.row(pmdTable)[pmdIndex(address)] = entry;
        forget(root);
    }

    /**
     * Puts a leaf table into a PMD entry.
     *
     * @param root the address space
     * @param pmdTable the PMD table of the address
     * @param address in bytes
     * @param leaf the table
     */
    public void installLeaf(int root, int pmdTable, long address, int leaf) {
        touchEntry(pmdTable, pmdIndex(address));
        rows.row(pmdTable)[pmdIndex(address)] = entryOf(leaf);
        forget(root);
    }

    /**
     * Takes a leaf table out of its PMD entry, which becomes none. The table still exists and is still counted.
     *
     * @param root the address space
     * @param pmdTable the PMD table of the address
     * @param address in bytes
     * @return the table, to be installed elsewhere or given to {@link #freeTable}
     * @throws IllegalStateException if the entry is no table
     */
    public int detachLeaf(int root, int pmdTable, long address) {
        long[] row = rows.row(pmdTable);
        long entry = row[pmdIndex(address)];
        if (!Pte.isTable(entry)) {
            throw new IllegalStateException("the PMD entry of 0x" + Long.toHexString(address) + " under root " + root
                    + " was expected to be a table and is " + Pte.describe(entry));
        }
        touchEntry(pmdTable, pmdIndex(address));
        row[pmdIndex(address)] = Pte.NONE;
        forget(root);
        return childOf(entry);
    }

    // ---- deposited tables

    /**
     * Sets a table aside for a PMD mapping that is being made: counted, not stored.
     *
     * @param root the address space
     */
    public void deposit(int root) {
        rows.row(root)[entries + DEPOSITED]++;
        count(root, 1);
    }

    /**
     * Gives up the table that was set aside for a PMD mapping that goes away whole.
     *
     * @param root the address space
     * @throws IllegalStateException if none was set aside
     */
    public void dropDeposit(int root) {
        takeDeposit(root);
        count(root, -1);
    }

    /**
     * Takes out the table that was set aside for a PMD mapping, to split the mapping into it.
     *
     * @param root the address space
     * @return an empty leaf table, not installed
     * @throws IllegalStateException if none was set aside
     */
    public int withdraw(int root) {
        takeDeposit(root);
        return rows.newRow(entries);
    }

    /**
     * Sets an empty leaf table aside: what a collapse does with the table that its PMD entry replaces.
     *
     * @param root the address space
     * @param leaf a detached table without entries
     * @throws IllegalStateException if an entry is left in it
     */
    public void depositLeaf(int root, int leaf) {
        freeTableNow(root, leaf);
        deposit(root);
    }

    private void takeDeposit(int root) {
        long[] top = rows.row(root);
        if (top[entries + DEPOSITED] == 0) {
            throw new IllegalStateException("root " + root + " has no deposited table to withdraw");
        }
        top[entries + DEPOSITED]--;
    }

    // ---- freeing a range

    /**
     * Frees the tables of a range that no VMA maps any more.
     *
     * <p>A table is freed if the range reaches into it and all the addresses it covers lie between the floor and the ceiling: the ends of
     * the neighbouring VMAs that stay.
     *
     * <pre>
     *      VMA        floor   start        end    ceiling   VMA
     *   |-----------|      ...  |###########|  ...     |----------|
     *   |   table A   |    table B    |    table C   |   table D   |      B is freed, and C; A and D have entries of others
     * </pre>
     *
     * @param root the address space
     * @param start where the range begins, in bytes
     * @param end where it ends, in bytes
     * @param floor where the VMA before ends, or 0
     * @param ceiling where the VMA after begins, or 0 for none
     * @throws IllegalStateException if a table to be freed still holds an entry
     */
    public void freeTables(int root, long start, long end, long floor, long ceiling) {
        forget(root);
        freeing.free(root, start, end, floor, ceiling == 0 ? taskSize : ceiling);
    }

    // ---- encoding of upper entries

    private int pgdIndex(long address) {
        return (int) (address >>> pgdShift) & indexMask;
    }

    private int pudIndex(long address) {
        return (int) (address >>> pudShift) & indexMask;
    }

    private static long entryOf(int table) {
        return (long) table << Pte.PAYLOAD_SHIFT | Pte.PRESENT;
    }

    private static int childOf(long entry) {
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

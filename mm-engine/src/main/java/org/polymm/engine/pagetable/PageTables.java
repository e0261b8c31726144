package org.polymm.engine.pagetable;

import org.polymm.engine.frame.Vmstat;
import org.polymm.engine.frame.VmstatItem;
import org.polymm.engine.state.Geometry;
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
 *
 * <p>Here tables are locked, made, linked, put aside and freed; how they are looked through is in {@link PageTableWalks}.
 */
public final class PageTables extends PageTableWalks {

    private final Vmstat vmstat;
    private final RangeFreeing freeing;

    /**
     * Makes the tables of a machine that has no address space yet.
     *
     * @param space where the tables are registered
     * @param geometry how many entries a table has
     * @param sync the locks
     * @param vmstat counts {@code nr_page_table_pages}, roots and deposited tables included
     */
    public PageTables(StateSpace space, Geometry geometry, Sync sync, Vmstat vmstat) {
        super(space, geometry, sync);
        this.vmstat = vmstat;
        this.freeing = new RangeFreeing(this, geometry);
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
     * Waits until whoever is changing the PMD entry of an address has done so, mapcounts and all: takes the lock of its table and drops it.
     *
     * @param root the address space
     * @param address in bytes
     */
    public void settlePmd(int root, long address) {
        int pmdTable = pmdTable(root, address);
        if (pmdTable != 0) {
            lockPmd(pmdTable);
            unlockPmd(pmdTable);
        }
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
}

package org.polymm.engine.vma;

import org.polymm.engine.state.Geometry;
import org.polymm.engine.state.LongRows;
import org.polymm.engine.state.StateSpace;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * The VMAs of each address space in ascending order of address.
 *
 * <pre>
 *   row of an mm:   | start page 0x10, vma 7 | 0x18, vma 3 | 0x400, vma 9 | 0 0 0 ...
 *                     63 .......... 28 27..0
 * </pre>
 *
 * <p>One sorted row of longs, start page above handle, is searched without a branch: half the cost of a search that
 * branches, because an address is as likely left as right. Inserting moves the tail of the row, which at the default
 * limit of 65,530 VMAs is half a megabyte at most, some microseconds.
 */
final class VmaIndex {

    static final int HANDLE_BITS = 28;
    private static final long HANDLE = (1L << HANDLE_BITS) - 1;

    private final MmTable mms;
    private final VmaTable vmas;
    private final LongRows rows;
    private final Sync sync;

    VmaIndex(StateSpace space, MmTable mms, VmaTable vmas, Sync sync) {
        this.sync = sync;
        this.mms = mms;
        this.vmas = vmas;
        this.rows = new LongRows(space, "vma index");
    }

    private void changes(int mm) {
        sync.touch(Point.WRITE_VMA, MmLocks.treeOf(mm));
    }

    void create(int mm) {
        mms.vmaRow(mm, rows.newRow(16));
    }

    void destroy(int mm) {
        rows.freeRow(mms.vmaRow(mm));
        mms.vmaRow(mm, 0);
    }

    /** The VMA at a position of the order, from 0 on. */
    int at(int mm, int position) {
        return (int) (rows.row(mms.vmaRow(mm))[position] & HANDLE);
    }

    /** Position of the last VMA that starts at or below an address; -1 if there is none. */
    int floor(int mm, long address) {
        return floor(rows.row(mms.vmaRow(mm)), mms.mapCount(mm), key(address, HANDLE));
    }

    private static int floor(long[] keys, int count, long key) {
        int base = 0;
        for (int n = count; n > 1; ) {
            int half = n >>> 1;
            base = keys[base + half] <= key ? base + half : base;
            n -= half;
        }
        return count != 0 && keys[base] <= key ? base : -1;
    }

    /** The VMA that contains an address, or 0. */
    int find(int mm, long address) {
        int hit = mms.lastHit(mm);
        return hit != 0 && vmas.contains(hit, address) ? hit : search(mm, address);
    }

    private int search(int mm, long address) {
        long[] row = rows.row(mms.vmaRow(mm));
        int position = floor(row, mms.mapCount(mm), key(address, HANDLE));
        if (position < 0) {
            return 0;
        }
        int vma = (int) (row[position] & HANDLE);
        if (address >= vmas.end(vma)) {
            return 0;
        }
        mms.lastHit(mm, vma);
        return vma;
    }

    /** Position of the first VMA that ends above an address; the number of VMAs if there is none. */
    int positionAtOrAbove(int mm, long address) {
        int position = floor(mm, address);
        return position >= 0 && address < vmas.end(at(mm, position)) ? position : position + 1;
    }

    /**
     * Position of a VMA.
     *
     * @throws IllegalStateException if the index does not hold it
     */
    int positionOf(int vma) {
        int mm = vmas.mm(vma);
        long start = vmas.start(vma);
        int position = mm == 0 ? -1 : floor(mm, start);
        if (position < 0 || at(mm, position) != vma) {
            throw new IllegalStateException(
                    "vma " + vma + " (" + vmas.describe(vma) + ") is not in the index of mm " + mm);
        }
        return position;
    }

    void insert(int vma) {
        int mm = vmas.mm(vma);
        changes(mm);
        int row = mms.vmaRow(mm);
        int count = mms.mapCount(mm);
        if (count == rows.length(row)) {
            rows.setLength(row, 2 * count);
        }
        long[] keys = rows.row(row);
        long key = key(vmas.start(vma), vma);
        int position = floor(keys, count, key) + 1;
        System.arraycopy(keys, position, keys, position + 1, count - position);
        keys[position] = key;
        mms.mapCount(mm, count + 1);
    }

    void remove(int vma) {
        removeRange(vmas.mm(vma), positionOf(vma), 1);
    }

    void removeRange(int mm, int position, int count) {
        changes(mm);
        long[] keys = rows.row(mms.vmaRow(mm));
        int before = mms.mapCount(mm);
        int left = before - count;
        System.arraycopy(keys, position + count, keys, position, left - position);
        for (int i = left; i < before; i++) {
            keys[i] = 0;
        }
        mms.mapCount(mm, left);
        mms.lastHit(mm, 0);
    }

    /** Follows a change of a VMA's start that keeps its place in the order; the VMA still has the old start. */
    void restart(int vma, long newStart) {
        changes(vmas.mm(vma));
        int position = positionOf(vma);
        rows.row(mms.vmaRow(vmas.mm(vma)))[position] = key(newStart, vma);
    }

    private static long key(long address, long handle) {
        return address >>> Geometry.PAGE_SHIFT << HANDLE_BITS | handle;
    }
}

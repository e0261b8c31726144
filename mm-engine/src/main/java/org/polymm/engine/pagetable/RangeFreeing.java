package org.polymm.engine.pagetable;

import org.polymm.engine.state.Geometry;

/** Frees the tables of a range, level by level: {@code free_pgd_range}. */
final class RangeFreeing {

    private static final int PGD_LEVEL = 3;
    private static final int PMD_LEVEL = 1;

    private final PageTables tables;
    private final Geometry geometry;

    RangeFreeing(PageTables tables, Geometry geometry) {
        this.tables = tables;
        this.geometry = geometry;
    }

    /** Frees what {@link PageTables#freeTables} says, below a ceiling that is an address in any case. */
    void free(int root, long start, long end, long floor, long ceiling) {
        freeBelow(root, root, PGD_LEVEL, start, end, floor, ceiling);
    }

    /** Frees the tables that entries of a table lead to. */
    private void freeBelow(int root, int table, int level, long start, long end, long floor, long ceiling) {
        long[] row = tables.row(table);
        int shift = geometry.shift(level);
        for (long at = start; at < end; at = nextAfter(at, shift, end)) {
            int index = geometry.index(level, at);
            long entry = row[index];
            if (!Pte.isTable(entry)) {
                continue;
            }
            int child = PageTables.tableOf(entry);
            if (level > PMD_LEVEL) {
                freeBelow(root, child, level - 1, at, nextAfter(at, shift, end), floor, ceiling);
            }
            if (isInside(at, shift, floor, ceiling)) {
                tables.touchEntry(table, index);
                row[index] = Pte.NONE;
                tables.freeTable(root, child);
            }
        }
    }

    private static long nextAfter(long address, int shift, long end) {
        return Math.min((address >>> shift) + 1 << shift, end);
    }

    /** Whether all addresses below an entry lie between floor and ceiling. */
    private static boolean isInside(long address, int shift, long floor, long ceiling) {
        long first = address >>> shift << shift;
        return first >= floor && first + (1L << shift) <= ceiling;
    }
}

package org.polymm.lab.explore;

import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/** What a task announces, in words. The first number of a text names the object. */
final class PointText {

    static final String BEGIN = "begin";

    private static final int TABLE_SHIFT = 16;
    private static final int FILE_SHIFT = 36;
    private static final int MM_SHIFT = 32;
    /** Whether a userfaultfd is told of changes of mappings, by its number above this. */
    private static final int UFFD_SHIFT = 48;

    private PointText() {}

    static String of(long access, LockClass lockClass, int mode, int id) {
        if (Access.has(access, Access.BEGIN)) {
            return BEGIN;
        }
        if (Access.has(access, Access.GRACE)) {
            return "wait until " + lockClass + " sections end";
        }
        if (Access.has(access, Access.WAIT | Access.TRY)) {
            return (Access.has(access, Access.TRY) ? "try " : "lock ") + lockClass + " of " + lockClass.idName() + " "
                    + id + (mode == Sync.WRITE ? "" : " shared");
        }
        int kind = Access.kind(access);
        long object = Access.object(access);
        return Point.name(kind)
                + switch (Point.family(kind)) {
                    case Point.WRITE_PTE, Point.WRITE_PMD ->
                        " of table " + (object >>> TABLE_SHIFT) + "[" + (object & (1L << TABLE_SHIFT) - 1) + "]";
                    case Point.WRITE_CACHE ->
                        " of file " + (object >>> FILE_SHIFT) + "[" + (object & (1L << FILE_SHIFT) - 1) + "]";
                    case Point.WRITE_VMA ->
                        object >>> UFFD_SHIFT != 0
                                ? " changes of uffd " + (object >>> UFFD_SHIFT)
                                : object >>> MM_SHIFT != 0 ? " tree of mm " + (object >>> MM_SHIFT) : " " + object;
                    case Point.WRITE_COUNT, Point.WRITE_MAPCOUNT, Point.WRITE_FLAGS -> " of folio " + object;
                    case Point.WRITE_MEMORY -> " of page " + object;
                    default -> " " + object;
                };
    }
}

package org.polymm.lab.explore;

import org.polymm.engine.sync.LockClass;
import org.polymm.engine.sync.Point;
import org.polymm.engine.sync.Sync;

/**
 * One access of a step to one thing, in a {@code long}: what is touched above, how below.
 *
 * <pre>
 *    object (50) | family (6) | grace, release, downgrade, got, try, wait, begin, write (8)
 * </pre>
 *
 * Two accesses depend on each other if they touch the same thing and one writes. A lock is a thing: taking it shared reads it, anything else
 * writes it.
 */
final class Access {

    static final long WRITE = 1;
    /** A call begins; touches nothing. */
    static final long BEGIN = 2;
    /** A lock is waited for: the step is not taken before it can be had. */
    static final long WAIT = 4;
    /** A lock is tried. */
    static final long TRY = 8;
    /** A lock was got, or a section entered. */
    static final long GOT = 16;
    /** A lock was given up from exclusive to shared. */
    static final long DOWNGRADE = 32;
    /** A lock was given up, or a section left. */
    static final long RELEASE = 64;

    /** The end of a grace period is waited for: the step is not taken before the sections that it waits for have ended. */
    static final long GRACE = 128;

    private static final int FAMILY_SHIFT = 8;
    private static final int OBJECT_SHIFT = 14;

    /** Whether a task is in the middle of a call, where conditions look between calls. */
    private static final int QUIET_FAMILY = 63;

    private static final int CALL_FAMILY = 62;

    static final long CALL_BEGINS = key(CALL_FAMILY, 0) | BEGIN;

    private Access() {}

    private static long key(int family, long object) {
        return object << OBJECT_SHIFT | (long) family << FAMILY_SHIFT;
    }

    /**
     * A task begins a call, where conditions look between calls. It matters to ends of calls of others, after which there is a look unless this
     * call has begun. That one ends matters to nobody: of two ends the later one looks, at the same state.
     */
    static long beginsCall(int task) {
        return key(QUIET_FAMILY, task) | WRITE;
    }

    /** A call of some task ends, and there is a look if this other task is not in the middle of one. */
    static long looksUnlessBusy(int other) {
        return key(QUIET_FAMILY, other);
    }

    /** Whether an access is of calls rather than of anything in the world. */
    static boolean isOfCalls(long access) {
        return family(access) >= CALL_FAMILY;
    }

    static long ofPoint(int kind, long object) {
        return key(Point.family(kind), object) | (Point.isWrite(kind) ? WRITE : 0);
    }

    static long ofLock(LockClass lockClass, int mode, int id) {
        return key(Point.LOCK, Sync.lockObject(lockClass, id)) | (mode == Sync.WRITE ? WRITE : 0);
    }

    /** All sections of a kind are one thing: a grace period waits for any. */
    static long ofSection(LockClass section) {
        return key(Point.LOCK, Sync.lockObject(section, 0));
    }

    /** The kind of point that an access was announced as. */
    static int kind(long access) {
        int family = family(access);
        return (access & WRITE) != 0 ? family : Point.readOf(family);
    }

    private static int family(long access) {
        return (int) (access >>> FAMILY_SHIFT) & (1 << OBJECT_SHIFT - FAMILY_SHIFT) - 1;
    }

    /** The object that an access was announced with. */
    static long object(long access) {
        return access >>> OBJECT_SHIFT;
    }

    /** What is touched. */
    static long key(long access) {
        return access >>> FAMILY_SHIFT;
    }

    static boolean has(long access, long flags) {
        return (access & flags) != 0;
    }

    /** Whether two accesses do not commute. */
    static boolean conflict(long a, long b) {
        return key(a) == key(b) && ((a | b) & WRITE) != 0;
    }
}

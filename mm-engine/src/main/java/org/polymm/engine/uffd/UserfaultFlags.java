package org.polymm.engine.uffd;

/** The numbers of {@code linux/userfaultfd.h}. */
public final class UserfaultFlags {

    /** Register: report faults of pages that are missing. */
    public static final int MODE_MISSING = 1;
    /** Register: report writes to pages that are write-protected. */
    public static final int MODE_WP = 1 << 1;
    /** Register: report faults of pages that are in the page cache, but not mapped. */
    public static final int MODE_MINOR = 1 << 2;

    /** Feature: children are watched, too. */
    public static final long FEATURE_EVENT_FORK = 1 << 1;
    /** Feature: memory that moves stays registered. */
    public static final long FEATURE_EVENT_REMAP = 1 << 2;
    /** Feature: messages of pages that madvise is about to drop. */
    public static final long FEATURE_EVENT_REMOVE = 1 << 3;
    /** Feature: messages of memory that is unmapped. */
    public static final long FEATURE_EVENT_UNMAP = 1 << 6;
    /** Feature: accesses end with SIGBUS instead of waiting. */
    public static final long FEATURE_SIGBUS = 1 << 7;
    /** Feature: minor faults of shared memory. */
    public static final long FEATURE_MINOR_SHMEM = 1 << 10;
    /** Feature: messages have the address in the page. */
    public static final long FEATURE_EXACT_ADDRESS = 1 << 11;
    /** Feature: write protection of shared memory. */
    public static final long FEATURE_WP_HUGETLBFS_SHMEM = 1 << 12;
    /** Feature: write protection of anonymous pages that are not there yet. */
    public static final long FEATURE_WP_UNPOPULATED = 1 << 13;
    /** Feature: poisoned pages. */
    public static final long FEATURE_POISON = 1 << 14;
    /** Feature: a write ends the protection without a report. */
    public static final long FEATURE_WP_ASYNC = 1 << 15;

    /** The features there are here. */
    public static final long FEATURES = FEATURE_SIGBUS
            | FEATURE_EVENT_FORK
            | FEATURE_EVENT_REMAP
            | FEATURE_EVENT_REMOVE
            | FEATURE_EVENT_UNMAP
            | FEATURE_MINOR_SHMEM
            | FEATURE_EXACT_ADDRESS
            | FEATURE_WP_HUGETLBFS_SHMEM
            | FEATURE_WP_UNPOPULATED
            | FEATURE_POISON
            | FEATURE_WP_ASYNC;

    /** Resolving: whoever waits for the pages is not woken. */
    public static final int DONTWAKE = 1;
    /** Copying and continuing: the pages are write-protected. */
    public static final int FILL_WP = 1 << 1;
    /** Write-protecting: protect; without it the protection is taken away. */
    public static final int WP = 1;
    /** Write-protecting: whoever waits is not woken. */
    public static final int WP_DONTWAKE = 1 << 1;

    /** Message: the access was a write. */
    public static final int FAULT_WRITE = 1;
    /** Message: the page is write-protected. */
    public static final int FAULT_WP = 1 << 1;
    /** Message: the page is in the page cache. */
    public static final int FAULT_MINOR = 1 << 2;

    /** What registering returns: a bit for each operation that can resolve faults. */
    static final long CAN_WAKE = 1 << 2;

    static final long CAN_COPY = 1 << 3;
    static final long CAN_ZEROPAGE = 1 << 4;
    static final long CAN_MOVE = 1 << 5;
    static final long CAN_WRITEPROTECT = 1 << 6;
    static final long CAN_CONTINUE = 1 << 7;
    static final long CAN_POISON = 1 << 8;

    private UserfaultFlags() {}
}

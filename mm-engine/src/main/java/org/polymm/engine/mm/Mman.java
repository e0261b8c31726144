package org.polymm.engine.mm;

/**
 * The numbers of {@code <sys/mman.h>} on x86-64 that the operations of this package take.
 *
 * <p>Constants only; thread-safe.
 */
public final class Mman {

    /** No access. */
    public static final int PROT_NONE = 0;
    /** Reading. */
    public static final int PROT_READ = 1;
    /** Writing. */
    public static final int PROT_WRITE = 2;
    /** Instruction fetch. */
    public static final int PROT_EXEC = 4;
    /** Accepted and without effect, as on x86-64. */
    public static final int PROT_SEM = 8;
    /** mprotect: extend the change down to the start of a VMA that grows down. */
    public static final int PROT_GROWSDOWN = 0x0100_0000;
    /** mprotect: not on x86-64, where nothing grows up. */
    public static final int PROT_GROWSUP = 0x0200_0000;

    /** Shared mapping. */
    public static final int MAP_SHARED = 0x01;
    /** Private, copy-on-write mapping. */
    public static final int MAP_PRIVATE = 0x02;
    /** Shared mapping whose unknown flags are refused. */
    public static final int MAP_SHARED_VALIDATE = 0x03;
    /** The bits that hold the kind of sharing. */
    public static final int MAP_TYPE = 0x0f;
    /** The address is no hint: whatever is mapped there is unmapped first. */
    public static final int MAP_FIXED = 0x10;
    /** No file. */
    public static final int MAP_ANONYMOUS = 0x20;
    /** Grows down on a fault just below. */
    public static final int MAP_GROWSDOWN = 0x0100;
    /** Ignored, as Linux does. */
    public static final int MAP_DENYWRITE = 0x0800;
    /** Ignored, as Linux does. */
    public static final int MAP_EXECUTABLE = 0x1000;
    /** mlocked from the start. */
    public static final int MAP_LOCKED = 0x2000;
    /** Not accounted. */
    public static final int MAP_NORESERVE = 0x4000;
    /** Populated before the call returns. */
    public static final int MAP_POPULATE = 0x8000;
    /** With MAP_POPULATE: do not populate after all. */
    public static final int MAP_NONBLOCK = 0x1_0000;
    /** A stack; refuses transparent huge pages. */
    public static final int MAP_STACK = 0x2_0000;
    /** As MAP_FIXED, but fails with EEXIST instead of unmapping. */
    public static final int MAP_FIXED_NOREPLACE = 0x10_0000;

    /** mremap may move the mapping. */
    public static final int MREMAP_MAYMOVE = 1;
    /** mremap moves it to the given address and unmaps what is there. */
    public static final int MREMAP_FIXED = 2;
    /** mremap leaves the old VMA behind, empty. */
    public static final int MREMAP_DONTUNMAP = 4;

    /** mlock2: lock pages as they are faulted in, do not populate. */
    public static final int MLOCK_ONFAULT = 1;
    /** mlockall: all that is mapped now. */
    public static final int MCL_CURRENT = 1;
    /** mlockall: all that will be mapped. */
    public static final int MCL_FUTURE = 2;
    /** mlockall: lock pages as they are faulted in. */
    public static final int MCL_ONFAULT = 4;

    /** No special treatment of reads. */
    public static final int MADV_NORMAL = 0;
    /** Expect random reads. */
    public static final int MADV_RANDOM = 1;
    /** Expect sequential reads. */
    public static final int MADV_SEQUENTIAL = 2;
    /** Will be needed soon. */
    public static final int MADV_WILLNEED = 3;
    /** Discard. */
    public static final int MADV_DONTNEED = 4;
    /** Discard when memory is short. */
    public static final int MADV_FREE = 8;
    /** Punch a hole in the file. */
    public static final int MADV_REMOVE = 9;
    /** Leave out at fork. */
    public static final int MADV_DONTFORK = 10;
    /** Undo MADV_DONTFORK. */
    public static final int MADV_DOFORK = 11;
    /** KSM may merge. */
    public static final int MADV_MERGEABLE = 12;
    /** KSM may not merge. */
    public static final int MADV_UNMERGEABLE = 13;
    /** Wants transparent huge pages. */
    public static final int MADV_HUGEPAGE = 14;
    /** Refuses transparent huge pages. */
    public static final int MADV_NOHUGEPAGE = 15;
    /** Leave out of core dumps. */
    public static final int MADV_DONTDUMP = 16;
    /** Undo MADV_DONTDUMP. */
    public static final int MADV_DODUMP = 17;
    /** Empty in the child after fork. */
    public static final int MADV_WIPEONFORK = 18;
    /** Undo MADV_WIPEONFORK. */
    public static final int MADV_KEEPONFORK = 19;
    /** Make a candidate for reclaim. */
    public static final int MADV_COLD = 20;
    /** Reclaim now. */
    public static final int MADV_PAGEOUT = 21;
    /** Fault in for reading. */
    public static final int MADV_POPULATE_READ = 22;
    /** Fault in for writing. */
    public static final int MADV_POPULATE_WRITE = 23;
    /** Discard, mlocked or not. */
    public static final int MADV_DONTNEED_LOCKED = 24;
    /** Collapse to huge pages now. */
    public static final int MADV_COLLAPSE = 25;
    /** Make guard regions. */
    public static final int MADV_GUARD_INSTALL = 102;
    /** Remove guard regions. */
    public static final int MADV_GUARD_REMOVE = 103;

    private Mman() {}
}

package org.polymm.api.split;

/** The operation behind a {@link BoundaryEvent}. Open: constants may be added. */
public enum BoundaryCause {
    MLOCK,
    MPROTECT,
    MADVISE,
    MUNMAP,
    MREMAP,
    FAULT,
    FORK,
    USERFAULTFD,
    RECLAIM,
    EXIT,
    /**
     * Pages of a file are cut off or punched out, and with them go their mappings. A huge folio of the page cache that is cut is split as a
     * mechanism, or zeroed in place where it cannot be: otherwise the memory that was given up would stay.
     */
    TRUNCATE,
    OTHER
}

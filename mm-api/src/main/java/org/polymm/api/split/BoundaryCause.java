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
    OTHER
}

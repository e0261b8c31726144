package org.polymm.lab.program;

/** What is behind the pages of a file. */
public enum FileKind {
    /** A file on a disk, all of it in the page cache. */
    REGULAR,
    /** memfd_create(2): shared memory. */
    MEMFD,
    /** memfd_create(2) with MFD_HUGETLB. */
    HUGETLB
}

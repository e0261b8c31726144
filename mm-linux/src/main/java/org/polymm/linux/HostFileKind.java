package org.polymm.linux;

/** What is behind the pages of a file. In the order of the helper's numbers. */
public enum HostFileKind {
    /** A file without a name in the {@linkplain HostOptions#files directory of files}, its pages in the page cache. */
    REGULAR,
    /** memfd_create(2). */
    MEMFD,
    /** memfd_create(2) with MFD_HUGETLB and huge pages of the default size. Its size must be a multiple of theirs. */
    HUGETLB
}

title   unmapping a part of a huge page of shared memory leaves the rest in the page cache, mapped page by page
source  Linux 6.18, __split_huge_pmd of a file

A = process
buf = range 2MiB align 2MiB
A: mmap buf rw shared anon
A: write buf[0:512] 1+
A: madvise buf collapse
A: munmap buf[256:512]
expect A: buf[0:256] empty
A: read buf[3] = 4
expect A: ShmemPmdMapped(buf[0:256]) = 0KiB
expect A: buf[3] folio 2048KiB
A: madvise buf[0:256] dontneed
A: read buf[255] = 256

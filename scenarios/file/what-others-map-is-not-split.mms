title   MADV_COLD leaves a huge page of shared memory alone that others map, and splits it once they are gone
source  Linux 6.18, madvise_cold_or_pageout_pte_range() asks folio_maybe_mapped_shared()

A = process
B = process
F = memfd 2MiB
a = range 2MiB align 2MiB
A: mmap a rw shared file F
A: write a 1+
A: madvise a collapse
b = range 4 pages
B: mmap b r shared file F
B: mlock b
A: madvise a[0:4] cold
expect A: a one folio, present
expect B: b present
expect A.a[3] same page as B.b[3]
B: munlock b
B: munmap b
A: madvise a[0:4] pageout
expect A: a empty
A: read a[3] = 4
expect A: a[3] order 0

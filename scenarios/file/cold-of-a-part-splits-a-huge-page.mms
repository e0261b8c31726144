title   MADV_COLD of a part of a huge page of shared memory splits the folio, which unmaps all of it
source  Linux 6.18, madvise_cold_or_pageout_pte_range() and __folio_split() of a file

A = process
F = memfd 2MiB
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
expect A: buf one folio
A: madvise buf[0:4] cold
expect A: buf empty
expect A: Rss(buf) = 0KiB
A: read buf[9] = 10
expect A: buf[9] order 0
A: read buf = 1+
expect A: buf order 0

title   A reference that somebody holds for a moment makes a split fail; the queue tries again
source  000_6de04c10e0372cbb.txt, comment 20 (2): splitting a THP might fail at random points in time
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: munmap m[12:16]
A: R = vmsplice m[0]
expect if folio-split.boundary = boundary/keep: m[0:12] partially-mapped, deferred
shrink
expect if folio-split.boundary = boundary/keep: m[0:12] one folio, folio 64KiB, deferred
A: pipe close R
shrink
expect A: m[0:12] folio 4KiB
expect A: m[0:12] = 1+

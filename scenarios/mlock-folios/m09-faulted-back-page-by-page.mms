title   M9: a folio that is mapped page by page and unmapped at once
source  000_6de04c10e0372cbb.txt, RFC v2 and its review: the count of mlocks drifts, because mapping and unmapping do not come in the same batches
thp     64KiB=always
swap    1MiB

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[8:16]
# Half of the folio loses its entries to swap entries, and gets them back one by one, into locked memory.
reclaim 32
reclaim 32
expect A: m[0:8] swapped
A: mlock m[0:8]
expect A: m = 1+
A: munlock m
expect if folio-split.mlock = mlock/add-on-rmap and folio-split.boundary = boundary/keep and folio-split.reclaim = reclaim/split-partially-mapped: violation mlocked-folio-is-locked
expect A: m not mlocked, not unevictable

title   Locked memory is collapsed and stays mlocked
source  Linux 6.18, collapse_huge_page

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: mlock m
A: madvise m COLLAPSE
expect A: m one folio, mlocked
expect A: Locked(m) = 2048KiB

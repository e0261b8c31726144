title   A copy made for a locked mapping is locked
source  Linux 6.18, folio_add_lru_vma

A = process
m = range 4
A: mmap m rw private anon
A: write m 1
A: mlock m
B = fork A
A: write m[0] 2
expect A: m[0] mlocked, mapped-once
B: read m[0] = 1

title   mlock of writable memory leaves no zero page behind
source  Linux 6.18, populate_vma_page_range writes where it may

A = process
m = range 4
A: mmap m rw private anon
A: read m
expect A: m zero
A: mlock m
expect A: m present, not zero, mlocked

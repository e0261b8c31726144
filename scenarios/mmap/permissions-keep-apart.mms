title   Mappings of different protection stay apart
source  Linux 6.18, vma_merge_new_range

A = process
m = range 16
A: mmap m[0:4] rw private anon
A: mmap m[4:8] r private anon
A: mmap m[8:12] rw private anon
expect A: vmas m = rw 4, r 4, rw 4

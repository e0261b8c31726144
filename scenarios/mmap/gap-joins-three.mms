title   A mapping that fills the gap between two joins all three
source  Linux 6.18, vma_merge_new_range

A = process
m = range 16
A: mmap m[0:4] rw private anon
A: mmap m[8:12] rw private anon
expect A: vmas m = 2
A: mmap m[4:8] rw private anon
expect A: vmas m = rw 12

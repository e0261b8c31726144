title   An untouched mapping merges with a faulted neighbour
source  Linux 6.18, is_mergeable_anon_vma

A = process
m = range 16
A: mmap m[0:4] rw private anon
A: write m[0:4] 1
A: mmap m[4:8] rw private anon
expect A: vmas m = rw 8
expect A: m[0:4] = 1

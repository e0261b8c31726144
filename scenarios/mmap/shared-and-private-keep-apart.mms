title   A shared mapping does not merge with a private one
source  Linux 6.18, vma_merge_new_range

A = process
m = range 8
A: mmap m[0:4] rw private anon
A: mmap m[4:8] rw shared anon
expect A: vmas m = 2

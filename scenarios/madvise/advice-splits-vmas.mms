title   Advice on a part of a VMA splits it, and the opposite joins it again
source  Linux 6.18, madvise_update_vma

A = process
m = range 12
A: mmap m rw private anon
A: write m 1
A: madvise m[4:8] DONTFORK
expect A: vmas m = 3
A: madvise m[4:8] DOFORK
expect A: vmas m = 1

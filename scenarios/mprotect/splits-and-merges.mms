title   Protecting the middle makes three VMAs, undoing it one
source  Linux 6.18, vma_modify_flags

A = process
m = range 12
A: mmap m rw private anon
A: write m 1
A: mprotect m[4:8] r
expect A: vmas m = rw 4, r 4, rw 4
A: mprotect m[4:8] rw
expect A: vmas m = rw 12

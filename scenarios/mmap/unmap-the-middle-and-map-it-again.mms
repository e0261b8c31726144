title   What munmap cut in two is one again when the middle is mapped again
source  Linux 6.18: both parts kept the anon_vma of the whole

A = process
m = range 12
A: mmap m rw private anon
A: write m 1+
A: munmap m[4:8]
expect A: vmas m = rw 4, hole 4, rw 4
A: read m[5] -> SIGSEGV
A: mmap m[4:8] rw private anon
expect A: vmas m = rw 12
A: read m[5] = 0
A: read m[3] = 4
A: read m[8] = 9

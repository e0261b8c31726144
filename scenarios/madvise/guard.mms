title   A guard region raises SIGSEGV until it is removed
source  madvise(2), since 6.13

A = process
m = range 8
A: mmap m rw private anon
A: write m 1+
A: madvise m[2:4] GUARD_INSTALL
A: read m[2] -> SIGSEGV
A: write m[3] 9 -> SIGSEGV
A: read m[1] = 2
A: madvise m[2:4] GUARD_REMOVE
A: read m[2] = 0
expect A: vmas m = 1

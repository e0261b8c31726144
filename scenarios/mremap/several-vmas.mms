title   Several VMAs move in one call if nothing else changes
source  mremap(2), since 6.17

A = process
m = range 64
A: mmap m[0:12] rw private anon
A: write m[0:12] 1+
A: mprotect m[4:8] r
A: mremap m[0:12] to m[32:44]
expect A: vmas m[32:44] = rw 4, r 4, rw 4
A: read m[37] = 6

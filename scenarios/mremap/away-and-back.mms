title   Faulted memory that is moved away and back is one VMA again
source  003 (MREMAP_RELOCATE_ANON), scenario X1: the page offset fits again

A = process
m = range 64
A: mmap m[0:12] rw private anon
A: write m[0:12] 1+
A: mremap m[4:8] to m[40:44]
expect A: vmas m[0:12] = 2
A: mremap m[40:44] to m[4:8]
expect A: vmas m[0:12] = rw 12
A: read m[5] = 6

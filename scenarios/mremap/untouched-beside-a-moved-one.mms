title   An untouched mapping does not merge with a faulted one that was moved
source  003 (MREMAP_RELOCATE_ANON), scenario X4

A = process
m = range 64
A: mmap m[40:44] rw private anon
A: write m[40:44] 1
A: mremap m[40:44] to m[0:4]
A: mmap m[4:8] rw private anon
expect A: vmas m[0:12] = 2

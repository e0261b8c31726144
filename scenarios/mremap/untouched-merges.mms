title   An untouched mapping moved next to a faulted one merges
source  003 (MREMAP_RELOCATE_ANON), scenario X4

A = process
m = range 64
A: mmap m[0:4] rw private anon
A: write m[0:4] 1
A: mmap m[40:44] rw private anon
A: mremap m[40:44] to m[4:8]
expect A: vmas m[0:12] = rw 8

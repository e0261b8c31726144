title   Memory that was first touched far away does not merge when it comes back
source  003 (MREMAP_RELOCATE_ANON), scenario X2: its page offset is that of the far place

A = process
m = range 64
A: mmap m[0:12] rw private anon
A: mremap m[4:8] to m[40:44]
A: write m[40:44] 7+
A: write m[0:4] 1
A: write m[8:12] 1
A: mremap m[40:44] to m[4:8]
expect A: vmas m[0:12] = rw 4, rw 4, rw 4
A: read m[5] = 8

title   MREMAP_DONTUNMAP leaves an empty mapping behind
source  mremap(2)

A = process
m = range 32
A: mmap m[0:4] rw private anon
A: write m[0:4] 1+
A: mremap m[0:4] to m[16:20] dontunmap
A: read m[17] = 2
expect A: m[0:4] empty
A: read m[1] = 0
expect A: vmas m[0:8] = rw 4, hole 4

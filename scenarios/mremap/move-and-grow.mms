title   A mapping moves and grows at once
source  mremap(2)

A = process
m = range 24
A: mmap m[0:4] rw private anon
A: write m[0:4] 1+
A: mremap m[0:4] to m[8:16]
A: read m[11] = 4
A: read m[12] = 0
expect A: vmas m = hole 8, rw 8, hole 8

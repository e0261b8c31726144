title   mremap moves pages, not contents
source  mremap(2)

A = process
m = range 32
A: mmap m[0:8] rw private anon
A: write m[0:8] 1+
A: mremap m[0:8] to m[16:24]
expect A: vmas m = hole 16, rw 8, hole 8
expect A: m[16:24] = 1+
A: mremap m[16:24] to 4
expect A: vmas m = hole 16, rw 4, hole 12

title   A mapping moves with its pages
source  mremap(2)

A = process
m = range 16
A: mmap m[0:4] rw private anon
A: write m[0:4] 1+
A: mremap m[0:4] to m[8:12]
expect A: vmas m = hole 8, rw 4, hole 4
A: read m[9] = 2
A: read m[1] -> SIGSEGV
expect A: m[8:12] mapped-once

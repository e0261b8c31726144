title   A mapping that shrinks loses its tail
source  mremap(2)

A = process
m = range 8
A: mmap m rw private anon
A: write m 1+
A: mremap m to 3
expect A: vmas m = rw 3, hole 5
A: read m[2] = 3
A: read m[3] -> SIGSEGV

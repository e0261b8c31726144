title   A write to read-only memory is refused, a read is not
source  mmap(2)

A = process
m = range 4
A: mmap m r private anon
A: read m[0] = 0
A: write m[0] 1 -> SIGSEGV
expect A: m[0] zero

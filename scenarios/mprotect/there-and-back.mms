title   Taking away and giving back write permission keeps the contents
source  mprotect(2)

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
A: mprotect m r
A: write m[1] 9 -> SIGSEGV
A: read m[1] = 2
A: mprotect m rw
A: write m[1] 9
A: read m[1] = 9
expect A: m mapped-once

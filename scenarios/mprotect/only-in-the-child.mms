title   A child's mprotect is its own
source  mprotect(2)

A = process
m = range 8
A: mmap m rw private anon
A: write m 1
B = fork A
B: mprotect m[0:4] r
expect B: vmas m = r 4, rw 4
expect A: vmas m = rw 8
A: write m[0] 5
B: read m[0] = 1

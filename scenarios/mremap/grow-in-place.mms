title   A mapping grows in place where there is room
source  mremap(2)

A = process
m = range 16
A: mmap m[0:4] rw private anon
A: write m[0:4] 1+
A: mremap m[0:4] to 8
expect A: vmas m[0:8] = rw 8
A: read m[3] = 4
A: read m[7] = 0

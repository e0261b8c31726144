title   A hole ends mprotect with ENOMEM after what lies before it was changed
source  mprotect(2)

A = process
m = range 12
A: mmap m[0:4] rw private anon
A: mmap m[8:12] rw private anon
A: mprotect m r -> ENOMEM
expect A: vmas m = r 4, hole 4, rw 4

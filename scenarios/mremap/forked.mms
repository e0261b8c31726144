title   What a child moves its parent keeps in place
source  mremap(2)

A = process
m = range 32
A: mmap m[0:4] rw private anon
A: write m[0:4] 1+
B = fork A
B: mremap m[0:4] to m[16:20]
expect A: m[0:4] mapcount 2
expect B: m[16] same page as A.m[0]
B: write m[16] 9
A: read m[0] = 1

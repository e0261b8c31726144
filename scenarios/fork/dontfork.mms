title   MADV_DONTFORK memory is not in the child
source  madvise(2)

A = process
m = range 8
A: mmap m rw private anon
A: write m 1+
A: madvise m[4:8] DONTFORK
B = fork A
B: read m[3] = 4
B: read m[4] -> SIGSEGV
expect A: m[4:8] mapped-once
expect B: vmas m = rw 4

title   MADV_WIPEONFORK memory is zero in the child
source  madvise(2)

A = process
m = range 8
A: mmap m rw private anon
A: write m 1+
A: madvise m[4:8] WIPEONFORK
B = fork A
expect B: m[4:8] empty
B: read m[4] = 0
B: read m[0] = 1
A: read m[4] = 5

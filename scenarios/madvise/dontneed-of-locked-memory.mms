title   MADV_DONTNEED refuses locked memory, MADV_DONTNEED_LOCKED does not
source  madvise(2)

A = process
m = range 8
A: mmap m rw private anon
A: write m 1+
A: mlock m
A: madvise m[0:2] DONTNEED -> EINVAL
expect A: m[0] = 1
A: madvise m[0:2] DONTNEED_LOCKED
expect A: m[0:2] empty
expect A: m[2:8] mlocked

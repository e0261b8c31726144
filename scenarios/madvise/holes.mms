title   Holes make madvise return ENOMEM after it did its work
source  madvise(2)

A = process
m = range 12
A: mmap m[0:4] rw private anon
A: mmap m[8:12] rw private anon
A: write m[0:4] 1
A: write m[8:12] 2
A: madvise m DONTNEED -> ENOMEM
expect A: m empty

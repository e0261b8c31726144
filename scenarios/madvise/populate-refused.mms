title   Memory that cannot be written cannot be populated for writing
source  madvise(2)

A = process
m = range 8
A: mmap m r private anon
A: madvise m POPULATE_WRITE -> EINVAL
expect A: m empty

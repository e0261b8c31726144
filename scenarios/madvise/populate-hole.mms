title   Populating a range with a hole fails at the hole
source  madvise(2)

A = process
m = range 8
A: mmap m[0:4] rw private anon
A: madvise m POPULATE_WRITE -> ENOMEM
expect A: m[0:4] present

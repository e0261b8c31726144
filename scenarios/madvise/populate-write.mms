title   MADV_POPULATE_WRITE makes pages as writes would
source  madvise(2)

A = process
m = range 8
A: mmap m rw private anon
A: madvise m[0:4] POPULATE_WRITE
expect A: m[0:4] present, anon, mapped-once
expect A: m[4:8] empty

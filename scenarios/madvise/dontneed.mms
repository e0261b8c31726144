title   MADV_DONTNEED throws private memory away; it reads as zero
source  madvise(2)

A = process
m = range 8
A: mmap m rw private anon
A: write m 1+
A: madvise m[2:6] DONTNEED
expect A: m[2:6] empty
expect A: m[0:2] present
A: read m[3] = 0
A: read m[1] = 2
expect A: Rss(m) = 16KiB

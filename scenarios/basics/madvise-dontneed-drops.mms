title   MADV_DONTNEED drops anonymous pages; the next read finds zeroes
source  madvise(2)

A = process
A: buf = mmap 8 rw private anon
A: write buf 1+
A: madvise buf[2:4] dontneed
expect A: buf[2:4] empty
A: read buf[2] = 0
expect A: buf[1] = 2
A: mlock buf[6]
A: madvise buf[6] dontneed -> EINVAL

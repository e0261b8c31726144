title   a minor fault waits until the handler maps what the page cache has
source  Linux 6.18, UFFDIO_CONTINUE; real-kernel observations

A = process
A: buf = mmap 8 rw shared anon
A: write buf[0:4] 1+
A: madvise buf dontneed
A: uffd-register buf minor
A: read buf[0] -> blocked
A: write buf[1] 20 -> blocked
A: uffd-continue buf[0:2]
A: finish buf[0] = 1
A: finish buf[1]
expect A: buf[1] = 20
A: uffd-continue buf[1] -> EEXIST
A: uffd-continue buf[6] -> EFAULT
A: uffd-continue buf[2:6] -> EAGAIN
expect A: buf[0:4] present
expect A: buf[4:8] empty
A: write buf[6] 7
expect A: buf[6] = 7

title   The handler is told before pages are dropped, and that they are unmapped after
source  Linux 6.18, userfaultfd_remove, userfaultfd_unmap_complete

A = process
A: buf = mmap 8 rw private anon
A: write buf[0:4] 1+
A: uffd-open event-remove event-unmap
A: uffd-register buf missing
A: madvise buf[0:2] dontneed
A: uffd-read event-remove buf[0:2]
A: read buf[0] -> blocked
A: uffd-copy buf[0] 9
A: finish buf[0] = 9
A: madvise buf[3] free
A: uffd-read event-remove buf[3]
A: munmap buf[4:8]
A: uffd-read event-unmap buf[4:8]
expect A: vmas buf = 1

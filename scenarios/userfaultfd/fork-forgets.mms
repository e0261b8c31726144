title   a child is not watched: no protection, no markers, no waiting
source  Linux 6.18, dup_userfaultfd without UFFD_FEATURE_EVENT_FORK, copy_present_pte

A = process
A: buf = mmap 8 rw private anon
A: write buf[0:4] 1+
A: uffd-register buf missing wp
A: uffd-writeprotect buf
B = fork A
expect A: buf uffd-wp
expect B: buf not uffd-wp
expect B: buf[4:8] empty
expect B.buf[0:4] same page as A.buf[0:4]
B: write buf[0] 20
B: read buf[6] = 0
A: write buf[0] 30 -> blocked
A: uffd-writeprotect buf[0] off
A: finish buf[0]
expect A: buf[0] = 30
expect B: buf[0] = 20
expect A: buf[1:4] uffd-wp

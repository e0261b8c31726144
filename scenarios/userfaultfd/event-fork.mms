title   A child is watched by a userfaultfd of its own if the handler is told of forks
source  Linux 6.18, dup_userfaultfd with UFFD_FEATURE_EVENT_FORK

A = process
A: buf = mmap 8 rw private anon
A: write buf[0:4] 1+
A: uffd-open wp-unpopulated event-fork
A: uffd-register buf missing wp
A: uffd-writeprotect buf[0:2]
A: uffd-writeprotect buf[6]
B = fork A
A: uffd-read event-fork
expect A: buf[0:2] uffd-wp
expect B: buf[0:2] uffd-wp
expect B: buf[6] uffd-wp
expect B.buf[0:4] same page as A.buf[0:4]
B: write buf[0] 20 -> blocked
B: uffd-writeprotect buf[0] off
B: finish buf[0]
expect B: buf[0] = 20
expect A: buf[0] = 1
B: read buf[5] -> blocked
B: uffd-copy buf[5] 50
B: finish buf[5] = 50
expect A: buf[5] empty
A: read buf[5] -> blocked
A: uffd-zeropage buf[5]
A: finish buf[5] = 0
# The parent has the child's userfaultfd open, too.
B: read buf[7] -> blocked
A: exit
B: finish buf[7] = 0
expect B: buf[1] not uffd-wp

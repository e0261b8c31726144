title   with UFFD_FEATURE_SIGBUS an access to a missing page is a SIGBUS
source  Linux 6.18, handle_userfault

A = process
A: buf = mmap 8 rw private anon
A: uffd-open sigbus
A: uffd-register buf missing
A: read buf[0] -> SIGBUS
A: write buf[1] 1 -> SIGBUS
A: madvise buf populate_write -> EFAULT
A: mlock buf -> ENOMEM
A: uffd-copy buf 9
A: read buf[0:8]
expect A: buf = 9

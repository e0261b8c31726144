title   an access to a poisoned page is a SIGBUS, and a copy replaces the poison
source  Linux 6.18, mfill_atomic_pte_poison

A = process
A: buf = mmap 8 rw private anon
A: uffd-register buf missing wp
A: read buf[0] -> blocked
A: uffd-poison buf[0:2]
A: finish buf[0] -> SIGBUS
A: write buf[1] 1 -> SIGBUS
A: uffd-poison buf[1] -> EEXIST
A: uffd-zeropage buf[1] -> EEXIST
A: uffd-writeprotect buf
A: uffd-writeprotect buf off
A: read buf[1] -> SIGBUS
B = fork A
B: read buf[1] -> SIGBUS
A: uffd-copy buf[1] 5
A: read buf[1] = 5
A: madvise buf dontneed
A: uffd-zeropage buf[0]
A: read buf[0] = 0

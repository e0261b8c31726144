title   a huge page may reach beyond the end of its file and be mapped with it, until a truncation, be it to the same size, cuts it
source  Linux 6.18, shmem_setattr(): newsize <= oldsize; shmem_undo_range(); finish_fault() lets shared memory alone
thp     shmem_enabled=always

A = process
F = memfd 300 pages
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf[0] 1
expect A: buf[0:300] one folio, order 9
A: write buf[400] 5
A: read buf[400] = 5
A: truncate F 300 pages
A: read buf[0] = 1
expect A: buf[0] order 8
A: read buf[300] -> SIGBUS
A: truncate F 512 pages
A: read buf[400] = 0

title   fallocate gives shared memory pages that are zeroed and mapped one by one when they are touched, and the file grows to their end
source  Linux 6.18, shmem_fallocate(); next_uptodate_folio() passes over what was not zeroed yet
A = process
F = memfd 4 pages
buf = range 16 pages
A: mmap buf rw shared file F
A: read buf[8] -> SIGBUS
A: fallocate F[2:12]
A: read buf[8] = 0
expect A: buf[9] empty
A: write buf[10] 5
A: read buf[11] = 0
A: read buf[0]
A: read buf[12] -> SIGBUS
expect A: buf[8] file, order 0
expect A: buf[9] empty
expect A: buf[10:12] file, order 0
A: fallocate F[2:8]
A: punch-hole F[10]
A: read buf[10] = 0

title   a hole punched into a file leaves private copies alone
source  Linux 6.18, shmem_fallocate() unmaps without even_cows

A = process
F = memfd 8 pages
A: buf = mmap 8 pages rw private file F
A: write buf[2] 20
A: read buf[3] = 4294967300
A: punch-hole F[0:4]
expect A: buf[2] present, anon
expect A: buf[2] = 20
expect A: buf[0:2] empty
expect A: buf[3] empty
expect A: buf[4] present
A: read buf[3] = 0
A: read buf[4] = 4294967301

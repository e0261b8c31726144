title   accesses beyond the end of a file are SIGBUS, and what grows back is zero
source  Linux 6.18, shmem_setattr() and shmem_get_folio_gfp()

A = process
F = memfd 8 pages
A: buf = mmap 8 pages rw shared file F
A: read buf = 4294967297+
A: write buf[6] 60
A: truncate F 4 pages
expect A: buf[0:4] present
expect A: buf[4:8] empty
expect A: Rss(buf) = 16KiB
A: read buf[3] = 4294967300
A: read buf[4] -> SIGBUS
A: write buf[7] 1 -> SIGBUS
A: truncate F 8 pages
A: read buf[6] = 0
A: write buf[7] 8
A: read buf[7] = 8
expect A: vmas buf = 1

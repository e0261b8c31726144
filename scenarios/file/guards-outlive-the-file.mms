title   guard regions over a file stay when the file is cut there
source  Linux 6.18, unmap_mapping_pages() drops no markers

A = process
F = memfd 8 pages
A: buf = mmap 8 pages rw shared file F
A: write buf 1+
A: madvise buf[2:4] guard_install
A: punch-hole F[3:5]
A: read buf[3] -> SIGSEGV
A: read buf[4] = 0
A: truncate F 2 pages
A: read buf[2] -> SIGSEGV
A: read buf[5] -> SIGBUS
A: madvise buf[2:4] guard_remove
A: read buf[2] -> SIGBUS
A: truncate F 8 pages
A: read buf[2] = 0

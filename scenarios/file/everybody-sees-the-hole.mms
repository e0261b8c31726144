title   a hole appears in every process that maps the file
source  Linux 6.18, unmap_mapping_pages() walks i_mmap

A = process
F = memfd 16 pages
A: buf = mmap 16 pages rw shared file F
A: write buf 100+
B = fork A
B: read buf = 100+
C = process
C: part = mmap 4 pages r shared file F offset 4 pages
C: read part = 104+
A: punch-hole F[5:7]
expect A: 14 of buf present
expect B: 14 of buf present
expect C: 2 of part present
B: write buf[5] 7
C: read part[1] = 7
C: read part[2] = 0
A: read buf[5] = 7
expect A.buf[5] same page as C.part[1]

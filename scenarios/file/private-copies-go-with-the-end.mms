title   shrinking a file takes private copies with it
source  Linux 6.18, unmap_mapping_range() with even_cows

A = process
F = memfd 8 pages
A: buf = mmap 8 pages rw private file F
A: write buf[2] 20
A: write buf[6] 60
expect A: buf[6] anon
A: truncate F 4 pages
expect A: buf[2] = 20
expect A: buf[4:8] empty
A: read buf[6] -> SIGBUS
A: truncate F 8 pages
A: read buf[6] = 0
expect A: Anonymous(buf) = 4KiB

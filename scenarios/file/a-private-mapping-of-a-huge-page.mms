title   copies that a private mapping made of a huge page survive a hole and go with the end of the file
source  Linux 6.18, unmap_mapping_range()

A = process
F = memfd 2MiB
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
B = process
own = range 2MiB align 2MiB
B: mmap own rw private file F
B: read own[0] = 1
B: write own[10] 1000
B: write own[400] 4000
A: punch-hole F[0:64]
expect B: own[10] present, anon
B: read own[10] = 1000
B: read own[11] = 0
A: truncate F 256 pages
B: read own[400] -> SIGBUS
B: read own[255] = 256
B: read own[10] = 1000
expect B: Anonymous(own) = 4KiB

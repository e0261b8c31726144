title   cutting a huge page of shared memory splits it as coarsely as can be
source  Linux 6.18, truncate_inode_partial_folio() and folio_split()

A = process
F = memfd 2MiB
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
expect A: buf one folio
A: truncate F 300 pages
expect A: buf empty
A: read buf[0:300] = 1+
expect A: buf[0:256] one folio, order 8
expect A: buf[256:288] one folio, order 5
expect A: buf[288:296] one folio, order 3
expect A: buf[296:300] one folio, order 2
A: read buf[300] -> SIGBUS
A: truncate F 2MiB
A: read buf[511] = 0
expect A: buf[511] order 0

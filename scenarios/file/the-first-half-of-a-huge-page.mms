title   a hole of the first half of a huge page splits the other half as well
source  Linux 6.18, truncate_inode_partial_folio() does not ask whether the folio behind the hole begins there

A = process
F = memfd 2MiB
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
A: madvise buf[0:256] remove
A: read buf[0:256] = 0
A: read buf[256:512] = 257+
expect A: buf[256] order 0
expect A: buf[384:512] one folio, order 7

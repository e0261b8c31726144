title   a hole in a huge page of shared memory splits at both of its ends
source  Linux 6.18, truncate_inode_partial_folio() splits again behind the hole

A = process
F = memfd 2MiB
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
A: punch-hole F[100:140]
A: read buf[0] = 1
A: read buf[99] = 100
A: read buf[100] = 0
A: read buf[139] = 0
A: read buf[140] = 141
A: read buf[511] = 512
A: read buf[0:512]
expect A: buf[0:64] one folio, order 6
expect A: buf[96:100] one folio, order 2
expect A: buf[100:140] order 0
expect A: buf[256:512] one folio, order 8

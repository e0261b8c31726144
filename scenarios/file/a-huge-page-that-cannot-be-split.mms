title   a hole in a huge page that cannot be split is filled with zeroes in place
source  Linux 6.18, truncate_inode_partial_folio()

A = process
F = memfd 2MiB
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
A: R = vmsplice buf[8]
A: punch-hole F[4:16]
A: read buf[3] = 4
expect A: buf one folio
A: read buf[4:16] = 0
A: pipe read R[0] = 0
A: write buf[8] 9
A: pipe read R[0] = 9
A: pipe close R
A: punch-hole F[4:16]
A: read buf[8] = 0
A: read buf[3] = 4
expect A: buf[8] order 0

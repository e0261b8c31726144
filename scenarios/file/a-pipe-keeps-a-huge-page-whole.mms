title   a huge page of shared memory that somebody refers to is not split
source  Linux 6.18, can_split_folio()

A = process
F = memfd 2MiB
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
A: R = vmsplice buf[0]
A: madvise buf[0:4] cold
expect A: buf one folio
expect A: buf present
A: pipe close R
A: madvise buf[0:4] cold
expect A: buf empty
A: read buf[511] = 512
expect A: buf[511] order 0

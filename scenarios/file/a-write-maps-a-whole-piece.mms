title   a write to a large folio of shared memory maps all of it
source  Linux 6.18, finish_fault()

A = process
F = memfd 2MiB
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
A: punch-hole F[100]
A: write buf[3] 7
expect A: buf[0:64] present, order 6
expect A: buf[64:100] empty
B = process
b = range 2MiB align 2MiB
B: mmap b[0:300] rw shared file F
B: write b[257] 8
expect B: b[257] present

title   MADV_COLLAPSE of shared memory maps the caller huge and takes the other process's page table away
source  Linux 6.18, collapse_file and retract_page_tables; 001_fd0419e3beafc014.txt

F = memfd 2MiB
A = process
B = process
a = range 2MiB align 2MiB
A: mmap a rw shared file F
b = range 2MiB align 2MiB
B: mmap b rw shared file F
A: write a[0:512] 1+
B: read b[0:512] = 1+
A: madvise a collapse
expect A: a present, one folio, folio 2048KiB
expect A: ShmemPmdMapped(a) = 2048KiB
expect A: a = 1+
expect B: b empty
expect B: Rss(b) = 0KiB
B: read b[7] = 8
expect B: ShmemPmdMapped(b) = 2048KiB
expect A.a[0] same folio as B.b[0]

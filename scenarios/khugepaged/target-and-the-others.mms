title   R9: the target of MADV_COLLAPSE is mapped huge at once, the others with their next fault
source  Linux 6.18, retract_page_tables and try_collapse_pte_mapped_thp

F = memfd 4MiB
A = process
B = process
C = process
a = range 4MiB align 2MiB
b = range 4MiB align 2MiB
c = range 2MiB align 2MiB
A: mmap a rw shared file F
B: mmap b r shared file F
C: mmap c rw private file F offset 2MiB
A: write a[0:1024] 1+
B: read b[0:1024] = 1+
C: read c[0:512]
A: madvise a[512:1024] collapse
expect A: ShmemPmdMapped(a) = 2048KiB
expect A: a[0:512] present, not large
expect B: b[0:512] present, not large
expect B: b[512:1024] empty
expect C: c empty
C: read c[5] = 518
expect C: ShmemPmdMapped(c) = 2048KiB
B: read b[512] = 513
expect B: ShmemPmdMapped(b) = 2048KiB
A: madvise a collapse
expect A: ShmemPmdMapped(a) = 4096KiB

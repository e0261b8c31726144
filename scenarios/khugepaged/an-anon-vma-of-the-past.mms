title   R8: a private mapping that was written once is not retracted; its own MADV_COLLAPSE still maps it huge
source  001_fd0419e3beafc014.txt: "any shmem vma that used to have uprobe/bp installed will have anon_vma set"; "it's just a heuristic"

F = memfd 2MiB
A = process
B = process
a = range 2MiB align 2MiB
b = range 2MiB align 2MiB
A: mmap a rw shared file F
B: mmap b rw private file F
A: write a[0:512] 1+
B: read b[0:512] = 1+
B: write b[7] 99
B: madvise b[7] dontneed
A: madvise a collapse
expect A: ShmemPmdMapped(a) = 2048KiB
expect B: Rss(b) = 0KiB
B: read b[7] = 8
expect B: ShmemPmdMapped(b) = 0KiB
expect B: b[7] folio 2048KiB
B: madvise b collapse
expect B: ShmemPmdMapped(b) = 2048KiB
B: write b[8] 90
expect B: ShmemPmdMapped(b) = 0KiB
B: read b[8] = 90
A: read a[8] = 9

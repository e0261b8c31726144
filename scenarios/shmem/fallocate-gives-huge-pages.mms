title   fallocate asks the general file for orders, of every size; what it gives is not mapped by fault-around
source  Linux 6.18, shmem_fallocate(), shmem_huge_global_enabled() without a VMA
thp     shmem_enabled=within_size hugepages-2048kB/shmem_enabled=never

A = process
F = memfd 0 pages
mark
A: fallocate F[0:612]
expect thp 2MiB shmem_alloc +1
expect thp 256KiB shmem_alloc +1
expect thp 128KiB shmem_alloc +1
expect thp 16KiB shmem_alloc +1
expect vmstat thp_file_alloc +1
buf = range 4MiB align 2MiB
A: mmap buf rw shared file F
A: read buf[7] = 0
expect A: buf[0:512] one folio, pmd-mapped
A: write buf[520] 1
expect A: buf[512:576] one folio, order 6
expect A: buf[576] empty
A: read buf[612] -> SIGBUS

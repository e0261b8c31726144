title   within_size gives huge pages up to the end of the file, and smaller ones where they would reach beyond it
source  Linux 6.18, shmem_get_orders_within_size()
thp     shmem_enabled=within_size hugepages-64kB/shmem_enabled=within_size

A = process
# A file is written from its beginning, for which there are more orders than for a mapping: 512, 64, 32 and 4 pages.
mark
F = memfd 612 pages
expect thp 2MiB shmem_alloc +1
expect thp 256KiB shmem_alloc +1
expect thp 128KiB shmem_alloc +1
expect thp 16KiB shmem_alloc +1
buf = range 4MiB align 2MiB
A: mmap buf rw shared file F
A: punch-hole F[0:608]
mark
A: write buf[5] 1
A: write buf[520] 2
A: write buf[600] 3
A: write buf[610] 4
expect A: buf[0:512] one folio, pmd-mapped
expect A: buf[512:528] one folio, order 4
expect A: buf[592:608] one folio, order 4
expect A: buf[608:612] one folio, order 2
expect thp 2MiB shmem_alloc +1
expect thp 64KiB shmem_alloc +2
expect vmstat thp_file_alloc +1
A: read buf[613] -> SIGBUS

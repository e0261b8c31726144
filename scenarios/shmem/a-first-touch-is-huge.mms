title   the first touch of shared memory gets a huge page where shmem_enabled says always, and maps it at once
source  Linux 6.18, shmem_get_folio_gfp(), shmem_allowable_huge_orders(); Documentation/admin-guide/mm/transhuge.rst
thp     shmem_enabled=always

A = process
A: buf = mmap 2MiB rw shared anon align 2MiB
mark
A: write buf[3] 7
expect A: buf one folio, pmd-mapped
expect vmstat thp_file_alloc +1
expect vmstat thp_file_mapped +1
expect thp 2MiB shmem_alloc +1
A: read buf[511] = 0
B = fork A
B: read buf[3] = 7
expect B: buf one folio, pmd-mapped
expect vmstat thp_file_alloc +1

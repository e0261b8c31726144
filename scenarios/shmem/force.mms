title   force is for tests: the sizes that inherit get huge pages, the others do not count
source  Linux 6.18, shmem_allowable_huge_orders()
thp     shmem_enabled=force hugepages-64kB/shmem_enabled=always

A = process
A: buf = mmap 4MiB rw shared anon align 2MiB
A: write buf[0] 1
expect A: buf[0:512] one folio, pmd-mapped
A: madvise buf[512:1024] nohugepage
A: write buf[600] 2
expect A: buf[600] order 0

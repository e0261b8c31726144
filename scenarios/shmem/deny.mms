title   deny is for emergencies: no huge page of shared memory, by MADV_COLLAPSE either
source  Linux 6.18, shmem_huge_global_enabled(); Documentation/admin-guide/mm/transhuge.rst
thp     shmem_enabled=deny hugepages-64kB/shmem_enabled=always

A = process
A: buf = mmap 2MiB rw shared anon align 2MiB
A: madvise buf hugepage
A: write buf[0] 1
expect A: buf[0] order 0
A: madvise buf collapse -> EINVAL

title   MADV_COLLAPSE of shared memory asks no setting, unless the size of huge pages says never itself
source  Linux 6.18, shmem_allowable_huge_orders() with shmem_huge_force: the mask of a size that says never is empty
thp     shmem_enabled=always hugepages-2048kB/shmem_enabled=never

A = process
A: buf = mmap 2MiB rw shared anon align 2MiB
A: write buf[0] 1
expect A: buf[0] order 0
A: madvise buf collapse -> EINVAL

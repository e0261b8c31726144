title   a private mapping of shared memory fills the file with huge pages, and copies single pages of them
source  Linux 6.18, do_cow_fault(), shmem_fault()
thp     shmem_enabled=always

A = process
F = memfd 2MiB
A: punch-hole F[0:512]
own = range 2MiB align 2MiB
A: mmap own rw private file F
all = range 2MiB align 2MiB
A: mmap all rw shared file F
mark
A: write own[7] 1
expect vmstat thp_file_alloc +1
expect A: own[7] order 0
A: read all[7] = 0
expect A: all one folio, pmd-mapped
A: write all[8] 2
A: read own[8] = 2
A: read own[7] = 1

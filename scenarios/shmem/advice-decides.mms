title   where shmem_enabled says advise, memory that was advised gets huge pages at the first touch
source  Linux 6.18, shmem_huge_global_enabled()
thp     shmem_enabled=advise

A = process
A: buf = mmap 6MiB rw shared anon align 2MiB
A: madvise buf[0:512] hugepage
mark
A: read buf[0] = 0
A: write buf[512] 5
expect A: buf[0:512] one folio, pmd-mapped
expect A: buf[512] order 0
expect thp 2MiB shmem_alloc +1
expect vmstat thp_file_alloc +1
A: madvise buf[1024:1536] hugepage
A: madvise buf[1024:1536] nohugepage
A: write buf[1030] 5
expect A: buf[1030] order 0

title   each size of folio has a shmem_enabled of its own, and two pages are the smallest
source  Linux 6.18, hugepages-8kB/shmem_enabled, shmem_allowable_huge_orders()
thp     hugepages-64kB/shmem_enabled=advise hugepages-8kB/shmem_enabled=always

A = process
A: buf = mmap 2MiB rw shared anon align 2MiB
A: madvise buf[64:128] hugepage
mark
A: write buf[0] 1
A: write buf[65] 2
A: write buf[4] 3
expect A: buf[0:2] one folio, order 1
expect A: buf[64:80] one folio, order 4
expect A: buf[4:6] one folio, order 1
expect thp 8KiB shmem_alloc +2
expect thp 64KiB shmem_alloc +1
# A page that is there leaves room for smaller folios only.
A: write buf[80] 4
expect A: buf[80:96] one folio, order 4
A: madvise buf[96:112] nohugepage
A: write buf[97] 5
expect A: buf[97] order 0
A: madvise buf[96:112] hugepage
A: write buf[104] 6
expect A: buf[104:106] one folio, order 1

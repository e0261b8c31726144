title   a mapping that shows the file at another offset gets no huge page of its own, and maps those there are page by page
source  Linux 6.18, thp_vma_suitable_order(), finish_fault()
thp     shmem_enabled=always

A = process
F = memfd 4MiB
straight = range 4MiB align 2MiB
A: mmap straight rw shared file F
askew = range 2MiB align 2MiB
A: mmap askew rw shared file F offset 4KiB
A: punch-hole F[0:1024]
A: write askew[5] 1
expect A: askew[5] order 0
A: write straight[512] 2
expect A: straight[512:1024] one folio, pmd-mapped
A: read askew[511] = 2
expect A: askew[511] order 9
A: read straight[6] = 1
expect A: straight[6] order 0

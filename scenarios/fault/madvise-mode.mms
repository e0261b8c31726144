title   With a size on madvise only advised memory gets it
source  Linux 6.18, thp_vma_allowable_orders
thp     64KiB=madvise

A = process
m = range 64 align 64KiB
A: mmap m rw private anon
A: madvise m[0:32] HUGEPAGE
A: write m[0] 1
A: write m[32] 1
expect A: m[0:16] folio 64KiB, one folio
expect A: m[32] folio 4KiB
expect A: vmas m = 2

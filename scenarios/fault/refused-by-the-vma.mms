title   MADV_NOHUGEPAGE memory gets base pages
source  Linux 6.18, thp_vma_allowable_orders
thp     64KiB=always 2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: madvise m NOHUGEPAGE
A: write m[0] 1
expect A: m[0] folio 4KiB
expect 1 of m present

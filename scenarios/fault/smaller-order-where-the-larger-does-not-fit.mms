title   Of the enabled orders the largest that fits is taken
source  Linux 6.18, thp_vma_suitable_orders
thp     16KiB=always 64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m[0:12] rw private anon
A: write m[0] 1
expect A: m[0:4] folio 16KiB, one folio
expect A: m[4:12] empty

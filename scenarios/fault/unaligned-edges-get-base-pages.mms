title   A folio lies at its own alignment inside the VMA, so the edges get base pages
source  Linux 6.18, thp_vma_suitable_order
thp     64KiB=always

A = process
m = range 48 align 64KiB
A: mmap m[4:44] rw private anon
A: write m[4] 1
A: write m[20] 2
A: write m[43] 3
expect A: m[4] folio 4KiB
expect A: m[5:16] empty
expect A: m[16:32] folio 64KiB, one folio
expect A: m[43] folio 4KiB

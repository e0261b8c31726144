title   A huge page is swapped out whole and comes back page by page: a fault from swap makes no folio of PMD size
source  Linux 6.18, alloc_swap_folio
thp     enabled=always 2MiB=inherit
swap    64MiB

A = process
A: m = mmap 2MiB rw private anon align 2MiB
A: write m 1+
expect A: m one folio, order 9, pmd-mapped
mark
A: madvise m pageout
expect A: m swapped
expect vmstat thp_swpout +1
expect vmstat thp_swpout_fallback +0
expect vmstat pswpout +512
A: write m[7] 99
expect A: m[7] present, folio 4KiB
expect A: 511 of m swapped
A: read m[8] = 9

title   MADV_COLD splits like MADV_PAGEOUT and swaps nothing
source  Linux 6.18, madvise_cold_or_pageout_pte_range
thp     64KiB=always
swap    64MiB

A = process
A: m = mmap 64KiB rw private anon align 64KiB
A: write m 1+
mark
A: madvise m cold
expect A: m present, one folio
A: madvise m[0:4] cold
expect A: m present, folio 4KiB
expect vmstat pswpout +0
A: madvise m pageout
expect A: m swapped

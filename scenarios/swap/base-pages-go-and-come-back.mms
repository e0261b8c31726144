title   MADV_PAGEOUT swaps base pages out, and each comes back by itself when it is used
source  Linux 6.18, madvise_cold_or_pageout_pte_range, shrink_folio_list and do_swap_page
swap    64MiB

A = process
A: m = mmap 64KiB rw private anon
A: write m 1+
expect A: m present, anon, mapped-once
mark
A: madvise m pageout
expect A: m swapped, not present
expect A: Swap(m) = 64KiB
expect A: Rss(m) = 0
expect A: status VmSwap = 64KiB
expect vmstat pswpout +16

mark
A: read m[3] = 4
expect A: m[3] present, anon, mapped-once, exclusive, writable
expect A: 15 of m swapped
expect A: status VmSwap = 60KiB
expect vmstat pswpin +1
expect vmstat pgmajfault +1
A: write m[4] 99
expect A: m[4] = 99
A: read m
expect A: m present, anon, folio 4KiB
expect A: status VmSwap = 0

title   A folio of 64KiB is swapped out whole, and comes back whole where its size is enabled
source  Linux 6.18, folio_alloc_swap and alloc_swap_folio
thp     64KiB=always
swap    64MiB

A = process
A: m = mmap 64KiB rw private anon align 64KiB
A: write m 1+
expect A: m one folio, order 4
mark
A: madvise m pageout
expect A: m swapped
expect vmstat pswpout +16
expect thp 64KiB swpout +1
expect thp 64KiB swpout_fallback +0

mark
A: read m[5] = 6
expect A: m present, one folio, order 4, mapped-once
expect A: m = 1+
expect vmstat pgmajfault +1
expect thp 64KiB swpin +1

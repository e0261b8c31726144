title   MADV_PAGEOUT of a part of a large folio splits it, and swaps out the part
source  Linux 6.18, madvise_cold_or_pageout_pte_range
thp     64KiB=always
swap    64MiB

A = process
A: m = mmap 64KiB rw private anon align 64KiB
A: write m 1+
mark
A: madvise m[4:8] pageout
expect A: m[4:8] swapped
expect A: m[0:4] present, folio 4KiB
expect A: m[8:] present, folio 4KiB
expect vmstat pswpout +4
expect thp 64KiB split +1
A: read m
expect A: m = 1+
expect A: m folio 4KiB

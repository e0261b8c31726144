title   What is left of a large folio of which a half was unmapped is split and swapped out
source  Linux 6.18, madvise_cold_or_pageout_pte_range
thp     64KiB=always
swap    64MiB

A = process
A: m = mmap 64KiB rw private anon align 64KiB
A: write m 1+
A: munmap m[8:]
expect A: m[0:8] one folio, order 4
A: madvise m[0:8] pageout
expect A: m[0:8] swapped
A: read m[0:8]
expect A: m[0:8] = 1+
expect A: m[0:8] folio 4KiB

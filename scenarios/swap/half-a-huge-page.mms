title   MADV_PAGEOUT of half a huge page splits it first, and the other half stays in memory
source  Linux 6.18, madvise_cold_or_pageout_pte_range
thp     enabled=always 2MiB=inherit
swap    64MiB

A = process
A: m = mmap 2MiB rw private anon align 2MiB
A: write m 1+
mark
A: madvise m[0:256] pageout
expect A: m[0:256] swapped
expect A: m[256:] present, folio 4KiB
expect vmstat thp_split_page +1
expect vmstat thp_swpout +0
expect vmstat pswpout +256
A: read m[255] = 256
A: read m[256] = 257

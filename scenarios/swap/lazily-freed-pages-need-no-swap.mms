title   Pages given up by MADV_FREE are dropped by MADV_PAGEOUT and not written; one that was written again stays
source  Linux 6.18, madvise_free_pte_range and try_to_unmap_one: a dirty page of which nothing else is known is kept, and is swapped the next time
swap    64MiB

A = process
A: m = mmap 32KiB rw private anon
A: write m 1+
A: madvise m free
A: write m[3] 40
mark
A: madvise m pageout
expect A: m[0:3] empty
expect A: m[3] present
expect A: m[4:] empty
expect vmstat pglazyfreed +7
expect vmstat pswpout +0
A: madvise m pageout
expect A: m[3] swapped
A: read m[3] = 40
A: read m[4] = 0

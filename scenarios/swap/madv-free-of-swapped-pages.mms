title   MADV_FREE gives up swapped pages at once
source  Linux 6.18, madvise_free_pte_range
swap    64MiB

A = process
A: m = mmap 32KiB rw private anon
A: write m 1+
A: madvise m pageout
A: madvise m[0:4] free
expect A: m[0:4] empty
expect A: m[4:] swapped
expect A: status VmSwap = 16KiB
A: read m[0] = 0
A: read m[4] = 5

title   A page that a device has pinned is not swapped out, and what the device writes is seen
source  Linux 6.18, shrink_folio_list: folio_maybe_dma_pinned
swap    64MiB

A = process
A: m = mmap 16KiB rw private anon
A: write m 1+
A: P = pin m[1] writable longterm
A: madvise m pageout
expect A: m[0] swapped
expect A: m[1] present
expect A: m[2:] swapped
A: device write P[0] 77
A: read m[1] = 77
A: unpin P
A: madvise m pageout
expect A: m swapped
A: read m[1] = 77

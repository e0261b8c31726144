title   What finds no slot stays; slots go to the lowest addresses first
source  Linux 6.18, shrink_folio_list and folio_alloc_swap
swap    128KiB

A = process
A: m = mmap 192KiB rw private anon
A: write m 1+
A: madvise m pageout
expect A: m[0:31] swapped
expect A: m[31:] present
expect A: status VmSwap = 124KiB
A: read m[47] = 48
A: read m[0] = 1

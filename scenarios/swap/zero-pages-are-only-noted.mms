title   A page full of zeroes takes a slot and nothing is written
source  Linux 6.18, swap_writeout and swap_read_folio_zeromap
swap    64MiB

A = process
A: m = mmap 16KiB rw private anon
A: write m 0
A: write m[2] 5
mark
A: madvise m pageout
expect A: m swapped
expect A: status VmSwap = 16KiB
expect vmstat pswpout +1
expect vmstat swpout_zero +3
A: read m[0] = 0
A: read m[2] = 5
expect vmstat pswpin +1
expect vmstat swpin_zero +1

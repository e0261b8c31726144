title   A child gets no swap entries of memory that is wiped on fork
source  Linux 6.18, copy_page_range and MADV_WIPEONFORK
swap    64MiB

A = process
A: m = mmap 16KiB rw private anon
A: write m 1+
A: madvise m wipeonfork
A: madvise m pageout
B = fork A
expect A: m swapped
expect B: m empty
expect B: status VmSwap = 0
B: read m[0] = 0
A: read m[0] = 1

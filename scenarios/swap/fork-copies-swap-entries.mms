title   fork copies swap entries; each process brings its page in for itself, and what one writes the other does not see
source  Linux 6.18, copy_nonpresent_pte and do_swap_page
swap    64MiB

A = process
A: m = mmap 16KiB rw private anon
A: write m 1+
A: madvise m pageout
B = fork A
expect A: m swapped
expect B: m swapped
expect A: status VmSwap = 16KiB
expect B: status VmSwap = 16KiB
A: read m[0] = 1
A: write m[1] 20
expect A: m[0:2] present
expect B: m swapped
B: read m[0] = 1
B: read m[1] = 2
expect A.m[1] not same page as B.m[1]
A: exit
B: write m[2] 30
B: read m[3] = 4
expect B: m present, mapped-once
expect B: m[3] = 4

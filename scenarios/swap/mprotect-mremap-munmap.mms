title   Swap entries are protected, moved and unmapped like pages
source  Linux 6.18, change_pte_range, move_ptes and zap_pte_range
swap    64MiB

far = range 64KiB
A = process
A: m = mmap 64KiB rw private anon
A: write m 1+
A: madvise m pageout
A: mprotect m[0:4] r
A: write m[0] 9 -> SIGSEGV
expect A: m swapped
A: read m[1] = 2
expect A: m[1] present, not writable
A: mprotect m[0:4] rw
A: write m[1] 9
expect A: m[1] = 9

A: mremap m[8:12] to far[0:4]
expect A: far[0:4] swapped
expect A: m[8:12] empty
A: read far[2] = 11

A: munmap m[12:]
A: madvise m[4:6] dontneed
expect A: m[4:6] empty
expect A: status VmSwap = 32KiB
A: read m[6] = 7
A: read m[4] = 0

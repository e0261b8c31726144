title   A collapse copies swapped pages that a child refers to as well, and leaves the child its entries
source  Linux 6.18, do_swap_page() and __collapse_huge_page_copy_succeeded()
swap    64MiB

A = process
A: m = mmap 2MiB rw private anon align 2MiB
A: write m 1+
A: madvise m[0:8] pageout
B = fork A
expect B: m[0:8] swapped
A: madvise m collapse
expect A: m present, one folio, exclusive, writable
expect A: status VmSwap = 0
expect B: m[0:8] swapped
expect B: m[8:512] present
expect B: status VmSwap = 32KiB
A: write m[0:8] 900+
B: read m = 1+
A: read m[0:8] = 900+
expect A: m one folio
expect B: status VmSwap = 0

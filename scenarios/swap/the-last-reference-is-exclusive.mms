title   A swapped page to which one process alone still refers comes back as that process's own
source  Linux 6.18, do_swap_page: a folio read past the swap cache is exclusive
swap    64MiB

A = process
A: m = mmap 16KiB rw private anon
A: write m 1+
A: madvise m pageout
B = fork A
B: exit
mark
A: read m
expect A: m present, mapped-once, exclusive
A: write m[0] 7
expect A: m[0] = 7

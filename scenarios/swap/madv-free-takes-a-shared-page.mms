title   MADV_FREE takes a page from another process, where a read has brought it back from zram before the fork
source  Linux 6.18: do_swap_page() leaves a page clean that it reads past the swap cache; madvise_free_pte_range() asks of dirty pages only whether they are shared
swap    64MiB

A = process
A: m = mmap 16KiB rw private anon
A: write m 7+
A: madvise m pageout
expect A: m swapped
A: read m
B = fork A
A: madvise m free
# B alone has the pages now: a clean page that nobody swaps is dropped, whoever it belongs to.
A: munmap m
B: madvise m pageout
expect if swap-in-past-cache = clean: violation contents-are-right
expect if swap-in-past-cache = clean: B: m empty
expect if swap-in-past-cache = clean: B: m = 0
expect if swap-in-past-cache = dirty: B: m swapped

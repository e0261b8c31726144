title   A folio in the swap cache is reused once its swap entries are gone, and copied while one is left
source  002_b12750ce76c3af3d.txt: "only go back to \"exclusive\" ... if we are sure that there are no other references"; Linux 6.15, folio_free_swap before the proof
swap    64MiB

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
A: madvise m pageout
B = fork A
# B's entry is a reference to the slot: A's page is in the swap cache and stays shared.
A: read m[0] = 1
expect A: m[0] swapcache, not exclusive
A: write m[0] 9
B: read m[0] = 1
# With B's entry gone nobody else is left.
B: munmap m[1]
A: read m[1] = 2
A: write m[1] 8
expect A: m[1] exclusive, not swapcache
B: read m[2] = 3
A: read m[2] = 3
expect A.m[2] same page as B.m[2]

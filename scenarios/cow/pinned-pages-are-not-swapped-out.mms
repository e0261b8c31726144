title   Who unmaps must look for pins first: a pinned page is not swapped out
source  002_b12750ce76c3af3d.txt: "synchronizes against concurrent sharing (KSM) or unmapping (migration, swapout) ... by first unmapping the PTE and conditionally remapping it"
swap    64MiB

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
A: P = pin m[1] writable longterm
A: madvise m pageout
expect A: m[0] swapped
expect A: m[1] present, exclusive
expect A: m[2:] swapped
A: device write P[0] 22
A: read m[1] = 22
A: read m[0] = 1
A: unpin P
A: madvise m pageout
expect A: m[1] swapped
A: read m[1] = 22

title   User space that discards what it has pinned gets a new page; the device keeps the old one
source  002_b12750ce76c3af3d.txt: "As long as user space doesn't do something stupid with the mapping (MADV_DONTNEED, munmap()) the pinned page must correspond to the mapped page"

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
A: P = pin m[0:2] writable longterm
A: device write P[0] 50
A: read m[0] = 50
A: madvise m[0] dontneed
A: munmap m[1]
A: device read P[0] = 50
A: write m[0] 60
A: device read P[0] = 50
A: device write P[1] 70
A: device read P[1] = 70
A: read m[0] = 60
A: unpin P

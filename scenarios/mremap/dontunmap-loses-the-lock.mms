title   MREMAP_DONTUNMAP of a part of a locked mapping unlocks the rest and leaves its folios mlocked
source  Linux 6.18, dontunmap_complete: flags go from the whole VMA, and nobody munlocks what did not move

A = process
m = range 64
A: mmap m[0:4] rw private anon
A: write m[0:4] 1
A: mlock m[0:4]
A: mremap m[2:4] to m[50:52] dontunmap
expect A: vmas m[0:4] = rw 4 not locked
expect A: m[0:2] mlocked
expect A: m[50:52] mlocked
A: munlock m[0:4]
expect A: m[0:2] mlocked

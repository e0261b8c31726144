title   A page that comes back from swap is counted as a refault; a new page where one was dropped is not
source  Linux 6.18, workingset_refault: the shadow that reclaim left in the swap cache
swap    64MiB

A = process
A: buf = mmap 32KiB rw private anon
A: write buf 1+
mark
A: madvise buf pageout
expect A: buf swapped
expect vmstat pswpout +8
expect vmstat workingset_refault_anon +0
A: read buf[0:4] = 1+
expect A: buf[0:4] present
expect vmstat pswpin +4
expect vmstat workingset_refault_anon +4
# A slot that nobody refers to any more has no shadow: a new page in its place is no refault.
A: madvise buf[4:8] dontneed
A: write buf[4:8] 50+
expect vmstat workingset_refault_anon +4

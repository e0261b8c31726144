title   A collapse copies what a child shares, and the child keeps the old pages
source  001_fd0419e3beafc014.txt; Linux 6.18, collapse_huge_page

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1+
B = fork A
A: madvise m COLLAPSE
expect A: m one folio, folio 2048KiB, mapped-once
expect B: m folio 4KiB, mapped-once
B: read m[511] = 512
A: write m[0] 9
B: read m[0] = 1

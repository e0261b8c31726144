title   64 KiB folios are collapsed like base pages
source  Linux 6.18, __collapse_huge_page_isolate
thp     64KiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1+
A: madvise m[5] DONTNEED
A: madvise m COLLAPSE
expect A: m one folio, folio 2048KiB
expect A: m[5] = 0
expect A: m[6] = 7

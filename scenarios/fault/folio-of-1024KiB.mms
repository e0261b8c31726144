title   With 1024 KiB folios on, the first write fills 256 pages with one folio
source  Linux 6.18, alloc_anon_folio
thp     1024KiB=always

A = process
m = range 512 align 1024KiB
A: mmap m rw private anon
A: write m[3] 7
expect A: m[0:256] present, anon, mapped-once, folio 1024KiB, one folio
expect A: m[256:512] empty
expect A: m[3] = 7
expect A: m[0] = 0
expect A: Rss(m) = 1024KiB

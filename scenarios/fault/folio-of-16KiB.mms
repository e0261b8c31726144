title   With 16 KiB folios on, the first write fills 4 pages with one folio
source  Linux 6.18, alloc_anon_folio
thp     16KiB=always

A = process
m = range 8 align 16KiB
A: mmap m rw private anon
A: write m[3] 7
expect A: m[0:4] present, anon, mapped-once, folio 16KiB, one folio
expect A: m[4:8] empty
expect A: m[3] = 7
expect A: m[0] = 0
expect A: Rss(m) = 16KiB

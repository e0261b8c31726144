title   With 32 KiB folios on, the first write fills 8 pages with one folio
source  Linux 6.18, alloc_anon_folio
thp     32KiB=always

A = process
m = range 16 align 32KiB
A: mmap m rw private anon
A: write m[3] 7
expect A: m[0:8] present, anon, mapped-once, folio 32KiB, one folio
expect A: m[8:16] empty
expect A: m[3] = 7
expect A: m[0] = 0
expect A: Rss(m) = 32KiB

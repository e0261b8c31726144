title   With 64 KiB folios on, the first write fills 16 pages with one folio
source  Linux 6.18, alloc_anon_folio
thp     64KiB=always

A = process
m = range 32 align 64KiB
A: mmap m rw private anon
A: write m[3] 7
expect A: m[0:16] present, anon, mapped-once, folio 64KiB, one folio
expect A: m[16:32] empty
expect A: m[3] = 7
expect A: m[0] = 0
expect A: Rss(m) = 64KiB

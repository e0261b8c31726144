title   With 128 KiB folios on, the first write fills 32 pages with one folio
source  Linux 6.18, alloc_anon_folio
thp     128KiB=always

A = process
m = range 64 align 128KiB
A: mmap m rw private anon
A: write m[3] 7
expect A: m[0:32] present, anon, mapped-once, folio 128KiB, one folio
expect A: m[32:64] empty
expect A: m[3] = 7
expect A: m[0] = 0
expect A: Rss(m) = 128KiB

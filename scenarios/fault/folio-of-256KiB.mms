title   With 256 KiB folios on, the first write fills 64 pages with one folio
source  Linux 6.18, alloc_anon_folio
thp     256KiB=always

A = process
m = range 128 align 256KiB
A: mmap m rw private anon
A: write m[3] 7
expect A: m[0:64] present, anon, mapped-once, folio 256KiB, one folio
expect A: m[64:128] empty
expect A: m[3] = 7
expect A: m[0] = 0
expect A: Rss(m) = 256KiB

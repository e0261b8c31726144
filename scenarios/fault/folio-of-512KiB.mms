title   With 512 KiB folios on, the first write fills 128 pages with one folio
source  Linux 6.18, alloc_anon_folio
thp     512KiB=always

A = process
m = range 256 align 512KiB
A: mmap m rw private anon
A: write m[3] 7
expect A: m[0:128] present, anon, mapped-once, folio 512KiB, one folio
expect A: m[128:256] empty
expect A: m[3] = 7
expect A: m[0] = 0
expect A: Rss(m) = 512KiB

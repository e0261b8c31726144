title   A read of an empty 2 MiB range maps the huge zero page, and a write replaces it whole
source  Linux 6.18, do_huge_zero_wp_pmd
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: read m[5] = 0
expect A: m zero
expect A: Rss(m) = 0KiB
A: write m[6] 9
expect A: m present, anon, folio 2048KiB, one folio
expect A: AnonHugePages(m) = 2048KiB

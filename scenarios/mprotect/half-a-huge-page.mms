title   Protecting half of a 2 MiB folio splits its mapping and not the folio
source  000_6de04c10e0372cbb.txt: a VMA edge leaves the folio whole
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
expect A: AnonHugePages(m) = 2048KiB
A: mprotect m[0:256] r
expect A: AnonHugePages(m) = 0KiB
expect A: m present, one folio, folio 2048KiB
expect A: vmas m = r 256, rw 256

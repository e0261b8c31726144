title   A 2 MiB folio that moves elsewhere is mapped by small entries there
source  Linux 6.18, move_page_tables
thp     2MiB=always

A = process
m = range 8MiB align 2MiB
A: mmap m[0:512] rw private anon
A: write m[0:512] 1+
A: mremap m[0:512] to m[1040:1552]
expect A: AnonHugePages(m) = 0KiB
expect A: m[1040:1552] one folio, folio 2048KiB
A: read m[1551] = 512

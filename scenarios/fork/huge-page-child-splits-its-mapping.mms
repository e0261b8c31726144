title   A child's write splits the child's PMD mapping, not the folio and not the parent's mapping
source  Linux 6.18, do_huge_pmd_wp_page
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m[0] 1
B = fork A
expect A: AnonHugePages(m) = 2048KiB
expect B: AnonHugePages(m) = 2048KiB
B: write m[3] 99
expect B: AnonHugePages(m) = 0KiB
expect A: AnonHugePages(m) = 2048KiB
expect B: m[3] folio 4KiB
expect B: m[4] folio 2048KiB, mapcount 2
expect A: m one folio

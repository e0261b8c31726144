title   A write to a whole empty 2 MiB range gets a 2 MiB folio
source  Linux 6.18, do_huge_pmd_anonymous_page
thp     2MiB=always

A = process
m = range 4MiB align 2MiB
A: mmap m rw private anon
A: write m[700] 7
expect A: m[512:1024] present, anon, mapped-once, folio 2048KiB, one folio
expect A: m[0:512] empty
expect A: AnonHugePages(m) = 2048KiB
expect A: m[700] = 7

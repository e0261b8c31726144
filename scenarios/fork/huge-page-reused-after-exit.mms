title   A PMD-mapped folio is reused whole after the child's exit
source  Linux 6.18, do_huge_pmd_wp_page
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m[0] 1
B = fork A
B: exit
A: write m[5] 7
expect A: AnonHugePages(m) = 2048KiB
expect A: m one folio, mapped-once

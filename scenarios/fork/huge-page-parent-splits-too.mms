title   A parent's write while the child lives splits the parent's mapping as well
source  Linux 6.18, do_huge_pmd_wp_page
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m[0] 1
B = fork A
A: write m[5] 7
expect A: AnonHugePages(m) = 0KiB
expect B: AnonHugePages(m) = 2048KiB
expect A: m[5] folio 4KiB, mapped-once
expect B: m[5] mapcount 1

title   A protection of half a huge page splits its mapping, not the folio
source  Linux 6.18, change_huge_pmd and __split_huge_pmd
thp     2MiB=always

A = process
A: buf = mmap 2MiB rw private anon align 2MiB
A: write buf[0] 1
expect A: buf order 9, one folio
expect A: AnonHugePages(buf) = 2MiB
A: mprotect buf[0:256] r
expect A: vmas buf = 2
expect A: buf order 9, one folio
expect A: buf not pmd-mapped
expect A: AnonHugePages(buf) = 0

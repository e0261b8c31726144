title   A fork that gets no page table for a huge page leaves it exclusive
source  Linux 6.18, copy_huge_pmd: the table is allocated first
thp     2MiB=always

A = process
A: buf = mmap 4MiB rw private anon align 2MiB
A: write buf 1+
expect A: buf pmd-mapped, exclusive
fail page-tables after 1
B = fork A -> ENOMEM
expect A: buf[0] pmd-mapped, not exclusive, mapcount 1
expect A: buf[512] pmd-mapped, exclusive, mapcount 1
fail nothing
A: write buf[3] 4000
A: write buf[515] 4001
expect A: buf pmd-mapped, exclusive
expect A: buf[514] = 515

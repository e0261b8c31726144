title   A VMA of 1 MiB gets no 2 MiB folio
source  Linux 6.18, thp_vma_suitable_order
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m[0:256] rw private anon
A: write m[0] 7
expect A: m[0] folio 4KiB
expect A: AnonHugePages(m) = 0KiB

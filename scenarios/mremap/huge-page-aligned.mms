title   A 2 MiB folio that moves by a multiple of its size keeps its PMD entry
source  Linux 6.18, move_huge_pmd
thp     2MiB=always

A = process
m = range 8MiB align 2MiB
A: mmap m[0:512] rw private anon
A: write m[0:512] 1+
A: mremap m[0:512] to m[1024:1536]
expect A: AnonHugePages(m) = 2048KiB
expect A: m[1024:1536] one folio
A: read m[1535] = 512

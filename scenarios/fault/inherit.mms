title   A size that inherits follows the top-level setting
source  Linux 6.18, hugepages-<size>kB/enabled
thp     enabled=madvise 64KiB=inherit

A = process
m = range 32 align 64KiB
A: mmap m rw private anon
A: madvise m[16:32] HUGEPAGE
A: write m[0] 1
A: write m[16] 1
expect A: m[0] folio 4KiB
expect A: m[16:32] folio 64KiB, one folio

title   A page in the way of the large order is not in the way of a smaller one
source  Linux 6.18, alloc_anon_folio
thp     16KiB=always 64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: read m[0]
A: write m[8] 1
expect A: m[8:12] folio 16KiB, one folio
A: write m[1] 1
expect A: m[1] folio 4KiB

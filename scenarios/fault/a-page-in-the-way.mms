title   A block in which a page is present gets base pages
source  Linux 6.18, alloc_anon_folio: the range must be empty
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: read m[3]
expect A: m[3] zero
A: write m[8] 1
expect A: m[8] folio 4KiB
expect 2 of m present

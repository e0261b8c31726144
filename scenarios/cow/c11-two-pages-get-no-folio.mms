title   A VMA of two pages gets base pages: anonymous memory has no folios of two
source  002_b12750ce76c3af3d.txt, calc_anon_folio_order_alloc: order 1 is never used for anonymous memory
thp     16KiB=always 32KiB=always 64KiB=always

A = process
m = range 2
A: mmap m rw private anon
A: write m[0] 1
expect A: m[0] folio 4KiB
expect A: m[1] empty

title   A VMA of 48 KiB: which size fits where
source  002_b12750ce76c3af3d.txt, patch 5 "pick max order": the range must lie in the VMA and be empty
thp     16KiB=always 32KiB=always 64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m[:12] rw private anon
A: write m[0] 1
expect if cow-sizing.orders = orders/mthp: A: m[:8] one folio, folio 32KiB
expect if cow-sizing.orders = orders/descending-fit: A: m[:8] one folio, folio 32KiB
expect if cow-sizing.orders = orders/preferred-or-zero: A: m[0] folio 4KiB
expect if cow-sizing.orders = orders/order0: A: m[0] folio 4KiB
A: write m[8] 1
expect if cow-sizing.orders = orders/mthp: A: m[8:12] one folio, folio 16KiB
expect if cow-sizing.orders = orders/descending-fit: A: m[8:12] one folio, folio 16KiB
expect if cow-sizing.orders = orders/preferred-or-zero: A: m[8] folio 4KiB
expect if cow-sizing.orders = orders/order0: A: m[8] folio 4KiB

title   Alignment 2, as hardware that joins four pages asks for: every part that fits is used
source  002_b12750ce76c3af3d.txt, patch 5 "pick max order"; the cover letter: arm64 joins aligned runs of four pages
policy  cow-sizing.orders = orders/descending-fit max-order=4 alignment=2
policy  cow-sizing.copy = copy/wide max-order=4 alignment=2

A = process
m = range 16 align 64KiB
A: mmap m[:12] rw private anon
A: write m[0:12] 1+
expect A: m[0:8] one folio, folio 32KiB
expect A: m[8:12] one folio, folio 16KiB
B = fork A
A: write m[9] 90
expect A: m[8:12] one folio, folio 16KiB
expect A.m[8:12] not same folio as B.m[8:12]
expect B: m[0:12] = 1+

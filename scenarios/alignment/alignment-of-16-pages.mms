title   Alignment 4, as the contiguous bit of arm64 asks for: 64 KiB or base pages
source  002_b12750ce76c3af3d.txt; the cover letter: the contiguous bit is order 4 with pages of 4 KiB
policy  cow-sizing.orders = orders/descending-fit max-order=4 alignment=4
policy  cow-sizing.copy = copy/wide max-order=4 alignment=4

A = process
m = range 32 align 64KiB
A: mmap m[:28] rw private anon
A: write m[0:28] 1+
expect A: m[0:16] one folio, folio 64KiB
expect A: m[16:28] folio 4KiB
B = fork A
B: write m[3] 60
expect B: m[0:16] one folio, folio 64KiB
expect B.m[0:16] not same folio as A.m[0:16]
A: munmap m[12:16]
C = fork A
C: write m[3] 61
expect C: m[3] folio 4KiB
expect A: m[0:12] = 1+

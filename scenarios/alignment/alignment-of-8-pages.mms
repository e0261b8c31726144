title   Alignment 3: what is smaller than eight pages is base pages, when it is first touched and when it is copied
source  002_b12750ce76c3af3d.txt, patch 5 "pick max order"
thp     64KiB=always
policy  cow-sizing.orders = orders/descending-fit max-order=4 alignment=3
policy  cow-sizing.copy = copy/wide max-order=4 alignment=3

A = process
m = range 32 align 64KiB
A: mmap m[:12] rw private anon
A: write m[0:12] 1+
expect A: m[0:8] one folio, folio 32KiB
expect A: m[8:12] folio 4KiB
A: mmap m[16:32] rw private anon
A: write m[16:32] 1+
expect A: m[16:32] one folio, folio 64KiB
# Half of a folio can be copied, a quarter cannot.
B = fork A
B: munmap m[28:32]
B: write m[16] 60
expect B: m[16:24] one folio, folio 32KiB
B: write m[24] 61
expect B: m[24] folio 4KiB
expect B: m[25:28] mapcount 2
expect A: m[16:32] = 1+

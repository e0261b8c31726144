title   Zero pages count as free: one fault and one folio, as if nobody had read
source  002_b12750ce76c3af3d.txt: "the zero-page copy case"; RFC v2, path 2
thp     64KiB=always
policy  cow-sizing.orders = orders/descending-fit max-order=4 replace-zero-pages=true

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: read m
expect A: m zero
mark
A: write m 1+
expect if cow-sizing.orders = orders/descending-fit: A: m one folio, order 4
expect if cow-sizing.orders = orders/descending-fit: vmstat pgfault +1
expect if cow-sizing.orders = orders/order0: vmstat pgfault +16
expect A: m = 1+

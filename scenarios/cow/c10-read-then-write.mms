title   A write where zero pages are mapped: a base page each in mainline, one large folio where zero pages count as free
source  002_b12750ce76c3af3d.txt: "Certainly, the zero-page copy case, is definitely a big contributer"
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: read m
expect A: m zero
mark
A: write m 1+
expect if cow-sizing.orders = orders/mthp: A: m folio 4KiB
expect if cow-sizing.orders = orders/mthp: vmstat pgfault +16
expect if cow-sizing.orders = orders/order0: A: m folio 4KiB
expect A: m = 1+

title   Where zero pages are mapped a write gets a base page, whatever sizes are enabled
source  002_b12750ce76c3af3d.txt: converting the zero page was a path of its own in the proposal
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: read m[0:16]
A: write m[0:16] 1
expect A: m folio 4KiB
expect A: m not one folio

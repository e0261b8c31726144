title   A part of a 64 KiB folio moves; both parts stay in the folio
source  002_b12750ce76c3af3d.txt: strange layouts exist
thp     64KiB=always

A = process
m = range 64 align 64KiB
A: mmap m[0:16] rw private anon
A: write m[0:16] 1+
A: mremap m[4:8] to m[32:36]
expect A: m[32:36] folio 64KiB, mapped-once
expect A: m[32] same folio as m[0]
A: read m[33] = 6

title   Where only blocks of four pages are free, a copy of many pages becomes smaller or one page
source  002_b12750ce76c3af3d.txt, patch 14 "copy"; patch 3 "falls back to smaller"
thp     64KiB=always

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
A: write buf 1+
B = fork A
fail order >= 3
mark
A: write buf[5] 70
expect A: buf[5] = 70
expect A: buf[4] = 5
expect B: buf = 1+
expect if cow-sizing.copy = copy/one-page: A: buf[5] folio 4KiB
expect if cow-sizing.copy = copy/one-page: thp 64KiB anon_fault_fallback +0
expect if cow-sizing.copy = copy/wide: thp 64KiB anon_fault_fallback +1
expect if cow-sizing.copy = copy/wide: A: buf[5] folio 4KiB
expect if cow-sizing.copy = copy/inherit-order: thp 64KiB anon_fault_fallback +1
expect if cow-sizing.copy = copy/inherit-order: A: buf[5] folio 4KiB
# The rest is still shared, and comes in one piece when there is memory again.
expect A.buf[0:4] same folio as B.buf[0:4]
fail nothing
A: write buf[0] 80
expect if cow-sizing.copy = copy/wide: A: buf[0:4] one folio, folio 16KiB

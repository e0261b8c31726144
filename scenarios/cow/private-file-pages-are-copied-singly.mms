title   A private mapping of a file is copied page by page whatever the copy policy
source  002_b12750ce76c3af3d.txt, calc_anon_folio_order_copy: only anonymous source folios

A = process
F = file 64KiB
m = range 16 align 64KiB
A: mmap m rw private file F
A: read m[0] = 0x100000001
A: write m[3] 9
expect A: m[3] anon, folio 4KiB
A: read m[4] = 0x100000005

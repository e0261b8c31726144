title   A range aligned to half a huge page gets no huge page: what is populated at its end says which folios there are
source  002_b12750ce76c3af3d.txt: "aligning a VMA to THP/2 size (so we're sure we don't get a full THP), and then testing if we get more PTEs populated"
thp     2MiB=always 64KiB=always

A = process
m = range 1024 align 2MiB
# A range of the size of a huge page that begins in the middle of one.
A: mmap m[256:768] rw private anon
A: write m[256] 1
expect A: m[256:272] one folio, folio 64KiB
expect A: m[271] present
expect A: m[272] empty
A: write m[512] 2
expect A: m[512:528] one folio, folio 64KiB
expect A: 32 of m[256:768] present
# The same range aligned is one folio, the last entry as well.
A: munmap m[256:768]
A: mmap m[0:512] rw private anon
A: write m[0] 3
expect A: m[0:512] one folio
expect A: m[511] present

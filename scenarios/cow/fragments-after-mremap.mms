title   A fragment that mremap moved is copied over the aligned part that maps one folio, never beyond
source  002_b12750ce76c3af3d.txt: "mremap() ... randomly mapping sub-pages of anon pages, mixed with other sub-pages or base-page folios"
thp     64KiB=always

A = process
m = range 16 align 64KiB
x = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mremap m[2:10] to x[4:12]
B = fork A
B: write x[4] 99
expect if cow-sizing.copy = copy/one-page: B: x[4] folio 4KiB
# The source's own size does not fit at x.
expect if cow-sizing.copy = copy/inherit-order: B: x[4] folio 4KiB
expect if cow-sizing.copy = copy/wide: B: x[4:8] folio 16KiB, one folio
expect if cow-sizing.copy = copy/wide: B.x[8] same folio as A.x[8]
B: read x[5] = 4
B: read x[11] = 10
A: read x[4:12] = 3+
A: read m[0] = 1

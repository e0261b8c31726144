title   Copies and reuse end where a foreign page lies in the middle of a folio
source  002_b12750ce76c3af3d.txt: "PTE 2: anon page #2 (exclusive)": what a temporary pin during fork leaves behind
source  002_b12750ce76c3af3d.txt: "with mremap() we might get completely crazy layouts, randomly mapping sub-pages of anon pages, mixed with other sub-pages or base-page folios"
thp     64KiB=always

A = process
m = range 16 align 64KiB
x = range 1
A: mmap m rw private anon
A: write m 1+
B = fork A
B: mmap x rw private anon
B: write x 77
B: mremap x to m[2]
expect B: m[2] folio 4KiB, exclusive
expect B.m[3] same folio as B.m[0]
B: write m[0] 99
# The aligned spans of 4 and more pages around page 0 all hold the foreign page.
expect B: m[0] folio 4KiB
expect B.m[1] same folio as A.m[1]
B: write m[8] 98
expect if cow-sizing.copy = copy/one-page: B: m[8] folio 4KiB
expect if cow-sizing.copy = copy/inherit-order: B: m[8] folio 4KiB
expect if cow-sizing.copy = copy/wide: B: m[8:] folio 32KiB, one folio
expect if cow-sizing.copy = copy/wide-unchecked: B: m[8:] folio 32KiB, one folio
B: read m[2] = 77
B: read m[3] = 4
B: read m[9] = 10
# Nobody may touch the parent's own page.
A: read m[2] = 3
expect A: m one folio, order 4

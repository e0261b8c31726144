title   After fork and the child's exit the parent is the only owner again: who can tell, and how far does one fault reach?
source  002_b12750ce76c3af3d.txt: "the detection of exclusivity after fork()+exit in the child"
source  002_b12750ce76c3af3d.txt: "we'd always decide to copy instead of reuse (because page_count() > 1, as the folio is PTE mapped)"
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
B: exit
expect A: m one folio, mapcount 1, not exclusive
mark
A: write m[0] 101
expect if cow-sizing.reuse = reuse/exclusive-run: A: m exclusive, writable
expect if cow-sizing.reuse = reuse/proven-by-scheme: A: m[0] exclusive, writable
expect if cow-sizing.reuse = reuse/proven-by-scheme: A: m[1:] not exclusive
A: write m[1:] 102+
expect if cow-sizing.reuse = reuse/exclusive-run: vmstat pgfault +1
expect if cow-sizing.reuse = reuse/proven-by-scheme: vmstat pgfault +16
expect if cow-sizing.reuse = reuse/never-large and cow-sizing.copy = copy/one-page: vmstat pgfault +16
expect if cow-sizing.reuse = reuse/never-large and cow-sizing.copy = copy/wide: vmstat pgfault +1
expect if cow-sizing.reuse = reuse/exclusive-run: vmstat pgreuse +1
expect if cow-sizing.reuse = reuse/proven-by-scheme: vmstat pgreuse +16
expect unless cow-sizing.reuse = reuse/never-large: A: m one folio
expect if cow-sizing.reuse = reuse/never-large and cow-sizing.copy = copy/one-page: A: m folio 4KiB
expect A: m = 101+

title   All pages of a folio that may be shared can be replaced by one new folio
source  002_b12750ce76c3af3d.txt: "what should be safe is replacing all sub-pages of a folio that are marked \"maybe shared\" by a new folio under PT lock"
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
mark
B: write m 101+
expect if cow-sizing.copy = copy/one-page: vmstat pgfault +16
expect if cow-sizing.copy = copy/one-page: B: m folio 4KiB
expect if cow-sizing.copy = copy/wide: vmstat pgfault +1
expect if cow-sizing.copy = copy/wide: B: m one folio, order 4, exclusive
expect if cow-sizing.copy = copy/wide-unchecked: vmstat pgfault +1
expect if cow-sizing.copy = copy/inherit-order: vmstat pgfault +1
expect if cow-sizing.copy = copy/inherit-order: B: m one folio, order 4, exclusive
A: read m = 1+
B: read m = 101+

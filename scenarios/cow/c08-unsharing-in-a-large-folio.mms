title   Unsharing for a pin asks the same policies as a write: how much is copied, and nothing exclusive
source  002_b12750ce76c3af3d.txt: "Currently, we always only replace a single shared anon (sub)page by a fresh exclusive base-page during a write-fault/unsharing"
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
A: P = pin m[5] read-only longterm
expect A: m[5] exclusive, not writable
expect if cow-sizing.copy = copy/one-page: A: m[5] folio 4KiB
expect if cow-sizing.copy = copy/one-page: A: m[6] not exclusive
expect if cow-sizing.copy = copy/wide: A: m folio 64KiB, exclusive
expect if cow-sizing.copy = copy/inherit-order: A: m folio 64KiB, exclusive
A: write m 100+
A: device read P[0] = 105
B: read m = 1+

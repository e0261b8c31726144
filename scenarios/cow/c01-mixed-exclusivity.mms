title   No copy may replace an exclusive page: half of the folio was kept from the child and is pinned
source  002_b12750ce76c3af3d.txt: "If you now decide to replace more subpages, you have to be careful that none of them are still exclusive"
source  002_b12750ce76c3af3d.txt: "There are scenarios (most prominently: MADV_DONTFORK)"
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: madvise m[8:] dontfork
B = fork A
A: madvise m[8:] dofork
expect A: vmas m = rw 16
expect A: m[:8] mapcount 2, not exclusive
expect A: m[8:] mapcount 1, exclusive
# An exclusive page is pinned as it is: no unsharing.
A: P = pin m[8] writable longterm
expect A: m one folio
A: write m[0] 99
expect if cow-sizing.copy = copy/wide-unchecked and safety = observe: violation pinned-page-stays-mapped
expect if cow-sizing.copy = copy/one-page: A: m[1:] one folio
expect if cow-sizing.copy = copy/one-page: A: m[0] folio 4KiB
expect if cow-sizing.copy = copy/inherit-order: A: m[0] folio 4KiB
expect if cow-sizing.copy = copy/wide: A: m[:8] folio 32KiB
expect A: m[8:] one folio, exclusive
A: write m[8] 100
A: device read P[0] = 100
B: read m[0] = 1

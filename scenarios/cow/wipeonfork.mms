title   MADV_WIPEONFORK leaves the parent's pages exclusive beside shared ones
source  002_b12750ce76c3af3d.txt: "There are scenarios (most prominently: MADV_WIPEONFORK)"
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: madvise m[8:] wipeonfork
B = fork A
A: madvise m[8:] keeponfork
expect A: vmas m = rw 16
expect A: m[:8] not exclusive
expect A: m[8:] exclusive
A: P = pin m[8] read-only longterm
A: write m[0] 99
expect if cow-sizing.copy = copy/wide-unchecked and safety = observe: violation pinned-page-stays-mapped
A: write m[8] 100
A: device read P[0] = 100
B: read m[8] = 0
B: read m[0] = 1

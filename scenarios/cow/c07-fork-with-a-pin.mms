title   fork with a pinned page in a large folio: the child gets copies, parent and device keep theirs
source  002_b12750ce76c3af3d.txt: "fork() deciding to copy some sub-pages of a PTE-mapped folio instead of sharing all sub-pages"
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: P = pin m[0] writable longterm
B = fork A
# What is pinned is known of the folio as a whole, and every page of it was exclusive.
expect A: m mapcount 1, one folio
expect A: m exclusive
expect B: m mapcount 1, exclusive
expect B: m folio 4KiB
A: write m[0] 30
A: device read P[0] = 30
A: device write P[0] 31
A: read m[0] = 31
B: read m[0] = 1
B: write m[0] 32
A: device read P[0] = 31
A: unpin P
C = fork A
expect A: m mapcount 2

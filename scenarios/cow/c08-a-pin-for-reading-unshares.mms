title   A pin for reading of a page that may be shared unshares it first; what it holds is then the process's own
source  002_b12750ce76c3af3d.txt: "If GUP finds a read-only PTE pointing at an exclusive subpage, it assumes that this page cannot randomly be replaced by core MM due to COW. See gup_must_unshare()"

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
B = fork A
expect A: m mapcount 2, not exclusive
A: P = pin m[0] read-only longterm
expect A: m[0] exclusive, not writable, mapcount 1
expect A.m[0] not same page as B.m[0]
expect A.m[1] same page as B.m[1]
C = fork A
# The pinned page is not shared with C.
expect A.m[0] not same page as C.m[0]
A: write m[0] 50
A: device read P[0] = 50
B: read m[0] = 1
C: read m[0] = 1
A: unpin P

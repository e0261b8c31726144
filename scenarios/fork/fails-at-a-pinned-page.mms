title   A fork that gets no page for the copy of a pinned one leaves the pin, its page and no child
source  002_b12750ce76c3af3d.txt: "failed partial fork()", and "fork() deciding to copy some sub-pages"
source  Linux 6.18, copy_present_page: a pinned page is copied early
thp     16KiB=always

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
A: write buf 1+
A: P = pin buf[9] writable longterm
# Pages 8 to 11 are one folio that may be pinned: they are copied one by one. The third copy fails.
fail order 0 after 2 times 1
B = fork A -> ENOMEM
expect A: buf[0:8] not exclusive, not writable, mapcount 1
expect A: buf[8:12] exclusive, mapcount 1
expect A: buf[12:16] exclusive, writable, mapcount 1
expect A: buf = 1+
A: device write P[0] 90
A: read buf[9] = 90
A: write buf[9] 91
A: device read P[0] = 91
expect A: buf[8:12] one folio
# The device and its process go on, and the next fork copies what is pinned.
C = fork A
expect C: buf[9] = 91
expect C: buf[8:12] exclusive, folio 4KiB
expect A: buf[8:12] exclusive
C: write buf[9] 92
A: device read P[0] = 91
A: unpin P
C: exit
expect A: buf mapcount 1

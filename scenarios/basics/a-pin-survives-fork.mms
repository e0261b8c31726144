title   fork copies pinned pages for the child; the parent and the device keep theirs
source  Linux 6.18, copy_present_page and folio_try_dup_anon_rmap

A = process
A: buf = mmap 4 rw private anon
A: write buf 1
A: P = pin buf writable longterm
B = fork A
expect A.buf[0] not same page as B.buf[0]
A: write buf[0] 30
A: device read P[0] = 30
A: device write P[1] 40
A: read buf[1] = 40
B: read buf[1] = 1
A: unpin P

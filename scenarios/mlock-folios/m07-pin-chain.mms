title   M7: (a) map, (b) pin all, (c) pin a half, (d) unpin all, (e) unmap the other half
source  000_6de04c10e0372cbb.txt, comment 2: nothing stops user space from doing so, and munmap must not fail
source  000_6de04c10e0372cbb.txt, comment 3: only a count of pins per page would tell that the other half can go
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: P = pin m writable longterm
A: Q = pin m[0:256] writable longterm
A: unpin P
A: munmap m[256:512]
expect A: m[0:256] present, folio 2MiB, one folio
# The folio is queued, but as long as half of it is pinned it cannot be split: 1 MiB that nobody maps stays in use.
shrink
expect A: m[0:256] folio 2MiB, one folio
A: device write Q[3] 33
A: read m[3] = 33
A: unpin Q
shrink
expect A: m[0:256] folio 4KiB
expect A: m[3] = 33

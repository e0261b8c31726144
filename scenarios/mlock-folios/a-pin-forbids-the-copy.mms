title   A pin forbids the copy: the page cannot be marked as maybe shared
source  000_6de04c10e0372cbb.txt, comment 18: page_try_share_anon_rmap fails if the page may be pinned
thp     64KiB=always
policy  folio-split.boundary = boundary/split attempts=1 if-split-fails=share-then-copy
policy  folio-split.pin = pin/keep

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: P = pin m[0:4] writable longterm
A: mlock m[0:8]
expect A: m one folio, exclusive, deferred
A: device write P[2] 9
A: read m[2] = 9

title   The queue forgets a folio that it could not split, unless it is partially mapped
source  000_6de04c10e0372cbb.txt, comment 20: what always works is putting it on the deferred split queue; Linux 6.18, deferred_split_scan
thp     64KiB=always
policy  folio-split.boundary = boundary/split attempts=1 if-split-fails=defer
policy  folio-split.pin = pin/keep

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: P = pin m[0:4] writable longterm
A: mlock m[0:8]
expect A: m one folio, deferred
shrink
expect A: m one folio, not deferred
A: unpin P
shrink
expect A: m one folio, not mlocked

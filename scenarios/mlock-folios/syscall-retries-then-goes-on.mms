title   A split that fails while a VMA is split: retried, then left to the deferred queue, which splits when it can
source  000_6de04c10e0372cbb.txt, comment 8: retry in the syscall till it is split successfully? Or return an error?
source  000_6de04c10e0372cbb.txt, comment 20: what always works is putting it on the deferred split queue
thp     64KiB=always
policy  folio-split.boundary = boundary/split attempts=4 if-split-fails=defer
policy  folio-split.pin = pin/keep

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: P = pin m[0:4] writable longterm
A: mlock m[0:8]
expect A: m one folio, not mlocked, deferred
A: unpin P
shrink
expect A: m folio 4KiB
expect A: m[0:8] mlocked
expect A: m[8:16] not mlocked

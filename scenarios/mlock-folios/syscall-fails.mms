title   A split that fails makes mlock fail: a large folio is not transparent any more
source  000_6de04c10e0372cbb.txt, comment 8: or return an error, and which one?
source  000_6de04c10e0372cbb.txt, comment 20 (1): THP are transparent and should not result in arbitrary syscall failures
thp     64KiB=always
policy  folio-split.boundary = boundary/split attempts=2 if-split-fails=eagain
policy  folio-split.pin = pin/keep

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: P = pin m[0:4] writable longterm
A: mprotect m[0:8] r -> EAGAIN
expect violation no-call-fails-for-a-folio

title   Claim: a folio that is unlocked before reclaim comes by is never split
source  000_6de04c10e0372cbb.txt, comment 6
thp     64KiB=always
policy  folio-split.boundary = boundary/keep

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[8:16]
A: munlock m[8:16]
expect A: m one folio, folio 64KiB

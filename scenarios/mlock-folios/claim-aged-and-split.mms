title   Claim: reclaim ages the unlocked portion, splits the folio, and frees what is not locked
source  000_6de04c10e0372cbb.txt, comment 10; true to Linux 6.9
thp     64KiB=always
swap    1MiB
policy  folio-split.reclaim = reclaim/split-any-pte-mapped
policy  folio-split.boundary = boundary/keep

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[8:16]
reclaim 16
reclaim 16
expect vmstat pgsteal_proactive +8
expect A: m[0:8] swapped
expect A: m[8:16] mlocked, folio 4KiB

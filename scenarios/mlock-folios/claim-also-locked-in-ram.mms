title   Claim: the pages of the folio which aren't mlocked will also be locked in RAM and never paged out
source  000_6de04c10e0372cbb.txt, comment 9; true by accident since Linux 6.10
thp     64KiB=always
swap    1MiB
policy  folio-split.reclaim = reclaim/split-partially-mapped
policy  folio-split.boundary = boundary/keep

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[8:16]
reclaim 16
reclaim 16
expect vmstat pgsteal_proactive +0
expect A: m[8:16] one folio, folio 64KiB

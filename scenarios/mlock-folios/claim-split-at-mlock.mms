title   Claim: splitting at the new VMA edge frees what is not locked, whatever reclaim does later
source  000_6de04c10e0372cbb.txt, comments 1 and 5: anonymous folios should not cross VMA boundaries
thp     64KiB=always
swap    1MiB
policy  folio-split.boundary = boundary/split

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[8:16]
expect A: m[8:16] mlocked, folio 4KiB
reclaim 16
reclaim 16
expect vmstat pgsteal_proactive +8
expect A: m[0:8] swapped
expect A: m[8:16] mlocked

title   M3: munlock before reclaim comes by makes the split superfluous
source  000_6de04c10e0372cbb.txt, comment 6: if the range is munlocked before page reclaim picks this folio, we don't need to split it
thp     64KiB=always
swap    1MiB

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: mlock m[0:8]
A: munlock m[0:8]
expect A: m not mlocked
expect if folio-split.boundary = boundary/keep: m one folio
expect if folio-split.boundary = boundary/split: m folio 4KiB
reclaim 16
reclaim 16
expect A: m swapped

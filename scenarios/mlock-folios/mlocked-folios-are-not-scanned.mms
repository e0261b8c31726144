title   Reclaim passes over a folio that is mlocked, and looks again and again at one that only lies in locked memory
source  000_6de04c10e0372cbb.txt, cover letter: it works, but page reclaim needs to scan these large folios, and may split them
thp     64KiB=always
swap    1MiB

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m
expect if folio-split.mlock = mlock/skip-large: m not mlocked, not unevictable
expect unless folio-split.mlock = mlock/skip-large: m mlocked, unevictable
mark
reclaim 16
reclaim 16
reclaim 16
expect unless folio-split.mlock = mlock/skip-large: vmstat pgscan_proactive +0
expect if folio-split.mlock = mlock/skip-large and folio-split.reclaim = reclaim/split-any-pte-mapped: m folio 4KiB, mlocked
expect if folio-split.mlock = mlock/skip-large and folio-split.reclaim = reclaim/split-partially-mapped: m one folio, not mlocked
expect A: m present
expect A: m = 1+

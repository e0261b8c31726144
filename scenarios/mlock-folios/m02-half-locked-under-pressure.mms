title   M2: what reclaim makes of a folio of which a half is locked
source  000_6de04c10e0372cbb.txt, comment 9: the pages that are not locked stay in RAM too
source  000_6de04c10e0372cbb.txt, comment 10: no, the folio is split when it is reclaimed, and they go
source  Linux 6.10, "mm: vmscan: avoid split during shrink_folio_list()": since then the first is true
thp     64KiB=always
swap    1MiB

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[8:16]
expect A: status VmLck = 32KiB
expect if folio-split.boundary = boundary/keep: m not mlocked, one folio
expect if folio-split.boundary = boundary/split: m[8:16] mlocked, folio 4KiB
reclaim 16
reclaim 16
expect A: m[0:8] swapped
expect A: m[8:16] present
# Up to 6.9, and where mlock split: base pages, and those that went are free.
expect if folio-split.reclaim = reclaim/split-any-pte-mapped: m[8:16] mlocked, unevictable, folio 4KiB
expect if folio-split.boundary = boundary/split: m[8:16] mlocked, unevictable, folio 4KiB
# Since 6.10: entries became swap entries, but the folio stays, with a slot for every page. Nothing was freed.
expect if folio-split.reclaim = reclaim/split-partially-mapped and folio-split.boundary = boundary/keep: m[8:16] one folio, folio 64KiB, swapcache, not mlocked
expect if folio-split.reclaim = reclaim/split-on-deferred and folio-split.boundary = boundary/keep: m[8:16] one folio, folio 64KiB, swapcache, not mlocked
A: read m
expect A: m = 1+

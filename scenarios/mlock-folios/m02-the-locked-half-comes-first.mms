title   M2 the other way round: the walk that unmaps stops at the first locked mapping it meets
source  Linux 6.18, try_to_unmap_one and rmap_walk_anon
thp     64KiB=always
swap    1MiB

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[0:8]
reclaim 16
reclaim 16
expect A: m[0:8] present
expect if folio-split.reclaim = reclaim/split-any-pte-mapped: m[8:16] swapped
expect if folio-split.boundary = boundary/split: m[8:16] swapped
expect if folio-split.reclaim = reclaim/split-partially-mapped and folio-split.boundary = boundary/keep: m present, one folio, swapcache, not mlocked
expect if folio-split.reclaim = reclaim/split-on-deferred and folio-split.boundary = boundary/keep: m present, one folio, swapcache, not mlocked
A: read m
expect A: m = 1+

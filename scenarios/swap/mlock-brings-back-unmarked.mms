title   mlock brings swapped pages back, and does not mark them mlocked
source  Linux 6.18, do_swap_page: folio_add_new_anon_rmap does not mlock, and no call of folio_add_lru_vma follows
swap    64MiB

A = process
A: m = mmap 64KiB rw private anon
A: write m[0:8] 1+
A: madvise m pageout
A: mlock m
# What was swapped is on an ordinary list in a VMA that is locked: reclaim finds out when it walks the mappings.
expect A: m[0:8] present, not mlocked
expect A: m[8:] present, mlocked
expect A: Locked(m) = 64KiB
A: munlock m
expect A: m present, not mlocked

title   M6: a child locks what its parent maps too, which becomes unevictable for both
source  000_6de04c10e0372cbb.txt, review of RFC v2 (Yu Zhao): not if it is shared, because fork does not inherit the lock
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
B = fork A
expect A: m not mlocked
# mlock writes to what is writable, and would copy; a read-only mapping is locked as it is.
B: mprotect m r
B: mlock m
expect if folio-split.mlock = mlock/mainline-6.18: A: m mlocked, one folio
expect if folio-split.mlock = mlock/mainline-6.7: A: m mlocked, one folio
expect if folio-split.mlock = mlock/fully-mapped-unshared: A: m not mlocked
B: exit
expect A: m not mlocked, not unevictable

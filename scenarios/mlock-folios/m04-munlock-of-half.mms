title   M4: munlock of a half takes the mark from all of it, and reclaim keeps the locked half all the same
source  000_6de04c10e0372cbb.txt, comment 14
thp     64KiB=always
swap    1MiB

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: mlock m
A: mprotect m[0:8] r
A: munlock m[0:8]
expect if folio-split.boundary = boundary/keep and folio-split.mlock = mlock/mainline-6.18: m not mlocked, one folio
expect if folio-split.boundary = boundary/keep and folio-split.mlock = mlock/in-vma-symmetric: m mlocked, one folio
reclaim 32
expect A: m[8:16] present
expect A: status VmLck = 32KiB

title   M5: a folio that lost a page lies inside the locked range and is not mapped whole
source  000_6de04c10e0372cbb.txt, cover letter: mlock what lies in the VMA range; review of RFC v2: only if it is mapped whole
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: madvise m[5] dontneed
A: mlock m
expect unless folio-split.boundary = boundary/split: m[0:5] one folio
expect A: m[5] mlocked, folio 4KiB
expect if folio-split.mlock = mlock/in-vma: m[0:5] mlocked
expect if folio-split.mlock = mlock/mainline-6.18: m[0:5] not mlocked, partially-mapped, deferred
expect if folio-split.mlock = mlock/fully-mapped-unshared: m[0:5] not mlocked
shrink
expect A: m folio 4KiB, mlocked
A: munlock m
expect A: m not mlocked, not unevictable

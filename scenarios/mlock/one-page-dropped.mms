title   A page dropped from a locked folio takes the folio's mark away
source  000_6de04c10e0372cbb.txt
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: mlock m
A: madvise m[3] DONTNEED_LOCKED
expect A: m[4] not mlocked, folio 64KiB
A: write m[3] 2
expect A: m[3] mlocked, folio 4KiB

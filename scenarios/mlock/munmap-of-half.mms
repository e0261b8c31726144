title   Unmapping a half of a locked folio takes the mark from the other half
source  000_6de04c10e0372cbb.txt: removal munlocks, reclaim repairs
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: mlock m
A: munmap m[8:16]
expect A: m[0:8] not mlocked, folio 64KiB
expect A: Locked(m) = 32KiB

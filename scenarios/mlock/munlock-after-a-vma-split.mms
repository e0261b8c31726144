title   munlock after a VMA split releases a large folio
source  000_6de04c10e0372cbb.txt, comment 14
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: mlock m
expect A: m mlocked
A: mprotect m[8:16] r
expect A: m mlocked, one folio
expect A: vmas m = rw 8, r 8
A: munlock m
expect A: m not mlocked
expect A: Locked(m) = 0KiB

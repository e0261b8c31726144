title   A 64 KiB folio that is locked whole is mlocked
source  000_6de04c10e0372cbb.txt, since 6.7
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m
expect A: m mlocked, one folio
expect A: Locked(m) = 64KiB
A: munlock m
expect A: m not mlocked

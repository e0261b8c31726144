title   munlock of a half clears the whole folio, although the other half stays locked
source  000_6de04c10e0372cbb.txt: munlock always acts
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: mlock m
A: munlock m[0:8]
expect A: m not mlocked
expect A: Locked(m) = 32KiB
A: mlock m[0:8]
expect A: vmas m = 1
expect A: m not mlocked

title   A 64 KiB folio of which a half is locked is not mlocked, nor when the other half follows
source  000_6de04c10e0372cbb.txt: a folio is mlocked in one piece or not at all
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[0:8]
expect A: m not mlocked, one folio
expect A: Locked(m) = 32KiB
expect A: vmas m = 2
A: mlock m[8:16]
expect A: vmas m = 1
expect A: Locked(m) = 64KiB
expect A: m not mlocked

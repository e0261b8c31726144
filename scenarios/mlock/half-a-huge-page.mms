title   Locking a half of a 2 MiB folio splits its mapping and mlocks nothing
source  000_6de04c10e0372cbb.txt
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: mlock m[0:256]
expect A: AnonHugePages(m) = 0KiB
expect A: m not mlocked, one folio
expect A: Locked(m) = 1024KiB
expect A: vmas m = 2

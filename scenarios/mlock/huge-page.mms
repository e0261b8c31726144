title   A 2 MiB folio is mlocked by its PMD; a half splits the mapping
source  000_6de04c10e0372cbb.txt
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: mlock m
expect A: m mlocked
expect A: AnonHugePages(m) = 2048KiB
A: munlock m[0:256]
expect A: m not mlocked, one folio
expect A: Locked(m) = 1024KiB

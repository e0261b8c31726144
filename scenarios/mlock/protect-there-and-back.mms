title   Protecting a half of a locked folio and undoing it changes nothing
source  000_6de04c10e0372cbb.txt
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: mlock m
A: mprotect m[8:16] r
A: mprotect m[8:16] rw
expect A: vmas m = 1
expect A: m mlocked, one folio

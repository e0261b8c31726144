title   A child that unmaps half of a large folio leaves the parent the whole
source  Linux 6.18
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
B: munmap m[8:16]
expect A: m one folio
expect A: m[0:8] mapcount 2
expect A: m[8:16] mapped-once

title   Two locked halves are one VMA
source  Linux 6.18, mlock_fixup

A = process
m = range 8
A: mmap m rw private anon
A: mlock m[0:4]
A: mlock m[4:8]
expect A: vmas m = 1
expect A: m mlocked

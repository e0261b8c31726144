title   M1: munlock reaches a large folio that a VMA split has cut since it was locked
source  000_6de04c10e0372cbb.txt, comment 14: with one test for both, the folio stays mlocked after munlock
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: mlock m
expect unless folio-split.mlock = mlock/skip-large: m mlocked
A: mprotect m[0:8] r
expect if folio-split.boundary = boundary/keep: m one folio
A: munlock m
expect if folio-split.mlock = mlock/in-vma-symmetric and folio-split.boundary = boundary/keep: violation mlocked-folio-is-locked
expect A: m not mlocked, not unevictable
expect A: Locked(m) = 0KiB

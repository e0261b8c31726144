title   Protecting a part of a 64 KiB folio leaves it whole
source  000_6de04c10e0372cbb.txt
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mprotect m[8:16] r
expect A: m one folio, mapped-once
A: write m[7] 70
A: write m[8] 80 -> SIGSEGV
A: read m[8] = 9

title   Whoever copies inherits the size that the parent chose
source  000_6de04c10e0372cbb.txt, comment 5: whether it is the parent or the child causing the COW, it should probably inherit that choice
source  000_6de04c10e0372cbb.txt, comment 22: patches of the large anonymous folio series aimed to follow this policy
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
B: write m[3] 7
expect if cow-sizing.copy = copy/one-page: B: m[3] folio 4KiB
expect if cow-sizing.copy = copy/inherit-order: B: m one folio, folio 64KiB
expect if cow-sizing.copy = copy/one-page: B.m[4:16] same page as A.m[4:16]
expect if cow-sizing.copy = copy/inherit-order: B.m not same folio as A.m
expect A: m = 1+
expect B: m[4:16] = 5+

title   M13: a child changes a half of a folio it shares with its parent
source  000_6de04c10e0372cbb.txt, comment 4: should we split the shared THP, or unshare in the child?
source  000_6de04c10e0372cbb.txt, comment 5: copy at the point of mprotect; the parent is sole owner again and does not have to copy
thp     64KiB=always
policy  cow-sizing.copy = copy/one-page

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
B = fork A
B: mprotect m[0:8] r
expect if folio-split.boundary = boundary/keep: B.m same page as A.m
expect if folio-split.boundary = boundary/unshare-on-mprotect: B.m not same page as A.m
A: write m 2+
# Mainline: the parent copies page by page and the child is left with the folio.
expect if folio-split.boundary = boundary/keep: A: m folio 4KiB
expect if folio-split.boundary = boundary/unshare-on-mprotect: A: m one folio, folio 64KiB
expect if folio-split.boundary = boundary/keep: B.m one folio
expect if folio-split.boundary = boundary/unshare-on-mprotect: B.m one folio
expect B: m = 1

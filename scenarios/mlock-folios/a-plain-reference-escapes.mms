title   A plain reference is no pin: the page is shared, copied, and its user is left with the old one
source  000_6de04c10e0372cbb.txt, comment 18: there are some nasty details regarding O_DIRECT, until it uses FOLL_PIN
thp     64KiB=always
policy  folio-split.boundary = boundary/split attempts=1 if-split-fails=share-then-copy

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: R = vmsplice m[0:4]
A: mlock m[0:8]
expect A: m[0:8] not same folio as A.m[8:16]
A: write m[0] 9
# On a kernel that leaves the folio whole the pipe sees the 9.
A: pipe read R[0] = 1
A: pipe close R

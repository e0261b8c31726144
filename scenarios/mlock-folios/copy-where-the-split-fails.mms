title   Where the split fails, shared pages may be copied, and exclusive ones after the attempt to share them
source  000_6de04c10e0372cbb.txt, comment 18: we may only replace anon pages that are flagged as maybe shared, or that can be marked so
thp     64KiB=always
policy  folio-split.boundary = boundary/split attempts=1 if-split-fails=share-then-copy

# A reference of a child's makes the split of the shared folio fail for the parent, too.
A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
B = fork A
B: R = vmsplice m[0]
A: mprotect m[0:8] r
expect A.m[0:8] not same folio as B.m[0:8]
expect A.m[8:16] same page as B.m[8:16]
expect A: m = 1
expect B: m = 1

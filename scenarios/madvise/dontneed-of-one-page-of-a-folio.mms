title   A page dropped from a large folio leaves the others in it
source  Linux 6.18, the folio goes on the deferred split queue
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: madvise m[3] DONTNEED
expect A: m[3] empty
expect A: m[0:3] folio 64KiB, one folio
expect A: m[4:16] folio 64KiB, one folio
A: read m[3] = 0
A: read m[4] = 5
A: write m[3] 33
expect A: m[3] folio 4KiB

title   Mappings of 256 KiB that became one huge page, one of which is locked
source  000_6de04c10e0372cbb.txt, comment 1: khugepaged has come along behind its back; anonymous folios should not cross VMA boundaries
thp     2MiB=madvise

A = process
m = range 2MiB align 2MiB
A: mmap m[0:64] rw private anon
A: mmap m[64:128] rw private anon
A: mmap m[128:192] rw private anon
A: mmap m[192:256] rw private anon
A: mmap m[256:320] rw private anon
A: mmap m[320:384] rw private anon
A: mmap m[384:448] rw private anon
A: mmap m[448:512] rw private anon
expect A: vmas m = 1
A: write m 1+
expect A: m folio 4KiB
A: madvise m collapse
expect A: m folio 2MiB, one folio
expect A: AnonHugePages(m) = 2048KiB
A: mlock m[128:192]
expect A: AnonHugePages(m) = 0KiB
expect if folio-split.boundary = boundary/keep: m one folio, not mlocked
expect if folio-split.boundary = boundary/split: m folio 4KiB
expect if folio-split.boundary = boundary/split: m[128:192] mlocked
expect A: Locked(m[128:192]) = 256KiB
expect A: m = 1+

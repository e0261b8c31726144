title   Every huge page that came to be mapped by PTEs is queued for a split, and split although all of it is mapped
source  000_6de04c10e0372cbb.txt, comment 2: any time we PTE-map a THP, put that on the deferred split queue
source  000_6de04c10e0372cbb.txt, comment 20: skip the split if each page is still mapped and the folio does not cross a VMA
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: mprotect m[0:8] r
A: mprotect m[0:8] rw
expect A: vmas m = 1
expect A: AnonHugePages(m) = 0KiB
expect if folio-split.deferred = deferred/mainline and folio-split.boundary = boundary/keep: m one folio
expect if folio-split.deferred = deferred/any-pte-mapped and folio-split.boundary = boundary/keep: m one folio, deferred
expect if folio-split.deferred = deferred/if-unmapped-or-crossing and folio-split.boundary = boundary/keep: m one folio, deferred
shrink
expect if folio-split.deferred = deferred/mainline and folio-split.boundary = boundary/keep: m one folio
expect if folio-split.deferred = deferred/any-pte-mapped: m folio 4KiB
# Nothing is unmapped and nothing crosses: the walk lets it be.
expect if folio-split.deferred = deferred/if-unmapped-or-crossing and folio-split.boundary = boundary/keep: m one folio, not deferred

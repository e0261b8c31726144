title   A folio that crosses a VMA is split by a queue that looks for that, and stays whole in mainline
source  000_6de04c10e0372cbb.txt, comment 20: do an rmap walk and detect whether each page is mapped and the folio does not cross a VMA
thp     2MiB=always

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: mprotect m[0:8] r
shrink
expect if folio-split.deferred = deferred/mainline and folio-split.boundary = boundary/keep: m one folio
expect if folio-split.deferred = deferred/any-pte-mapped: m folio 4KiB
expect if folio-split.deferred = deferred/if-unmapped-or-crossing: m folio 4KiB
expect A: m = 1

title   One page written after MADV_FREE keeps every piece of its folio, if the folio is split
source  Linux, mm/rmap.c: try_to_migrate_one() marks the folio dirty, __split_folio_to_order() its pieces; found by random programs against the kernel
thp     hugepages-64kB/enabled=always

A = process
m = range 64KiB align 64KiB
A: mmap m rw private anon
A: write m[0:16] 1+
expect A: m[0:16] one folio, folio 64KiB
A: madvise m free
A: write m[0] 100
A: madvise m[15] pageout
expect A: m[15] present, folio 4KiB
A: read m[15] = 16

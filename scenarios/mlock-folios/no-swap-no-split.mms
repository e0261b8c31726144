title   Without swap reclaim leaves anonymous folios alone, and so never splits them
source  000_6de04c10e0372cbb.txt, comment 6: a system which does not have swap enabled does not need to split this kind of folio
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: mlock m[8:16]
reclaim 16
reclaim 16
expect if folio-split.boundary = boundary/keep: m present, one folio, not mlocked

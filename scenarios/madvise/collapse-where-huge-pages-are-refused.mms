title   MADV_COLLAPSE of MADV_NOHUGEPAGE memory is refused
source  Linux 6.18, madvise_collapse

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: madvise m NOHUGEPAGE
A: write m 1
A: madvise m COLLAPSE -> EINVAL
expect A: m[0] folio 4KiB

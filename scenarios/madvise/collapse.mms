title   MADV_COLLAPSE makes one folio of what is there and fills the rest with zeroes
source  Linux 6.18, madvise_collapse

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m[0:64] 1+
A: madvise m COLLAPSE
expect A: m present, one folio, folio 2048KiB, mapped-once
expect A: AnonHugePages(m) = 2048KiB
expect A: m[63] = 64
expect A: m[64] = 0

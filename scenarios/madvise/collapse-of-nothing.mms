title   MADV_COLLAPSE of untouched memory is refused
source  Linux 6.18, madvise_collapse

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: madvise m COLLAPSE -> EINVAL
expect A: m empty

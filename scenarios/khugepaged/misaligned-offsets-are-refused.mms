title   where a mapping shows the blocks of a file unaligned, there is nothing to collapse
source  Linux 6.18, thp_vma_suitable_order

F = memfd 4MiB
A = process
buf = range 2MiB align 2MiB
A: mmap buf rw shared file F offset 4KiB
A: read buf[0:512] = 0x100000002+
A: madvise buf collapse -> EINVAL
expect A: buf present, not large

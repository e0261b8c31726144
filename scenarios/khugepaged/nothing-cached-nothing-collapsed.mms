title   an empty range of shared memory is not collapsed, one page is enough
source  Linux 6.18, collapse_file: an all-empty range is SCAN_TRUNCATED

A = process
buf = range 2MiB align 2MiB
A: mmap buf rw shared anon
A: madvise buf collapse -> EINVAL
expect A: buf empty
A: write buf[9] 90
A: madvise buf collapse
expect A: ShmemPmdMapped(buf) = 2048KiB
A: read buf[9] = 90
A: read buf[8] = 0

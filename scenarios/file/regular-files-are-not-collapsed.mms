title   MADV_COLLAPSE of a regular file is refused where the kernel has no huge pages for read-only files
source  Linux 6.18 without CONFIG_READ_ONLY_THP_FOR_FS, thp_vma_allowable_order()

A = process
F = file 4MiB
buf = range 2MiB align 2MiB
A: mmap buf rx private file F
A: read buf[5] = 4294967302
A: madvise buf collapse -> EINVAL
A: read buf[6] = 4294967303

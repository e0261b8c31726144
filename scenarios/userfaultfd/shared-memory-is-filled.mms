title   UFFDIO_COPY puts a page into the page cache of shared memory, where others see it
source  Linux 6.18, shmem_mfill_atomic_pte

A = process
A: buf = mmap 8 rw shared anon
B = fork A
A: uffd-register buf missing wp
A: read buf[0] -> blocked
A: uffd-copy buf[0:2] 70+
A: finish buf[0] = 70
B: read buf[1] = 71
expect B.buf[1] same page as A.buf[1]
B: write buf[2] 9
A: read buf[2] = 9
A: uffd-copy buf[2] 1 -> EEXIST
A: madvise buf[2] dontneed
A: uffd-copy buf[2] 1 -> EEXIST
A: uffd-zeropage buf[4]
B: read buf[4] = 0
expect A: buf[4] not zero
A: uffd-copy buf[5] 5 wp
expect A: buf[5] uffd-wp
B: write buf[5] 6
A: write buf[5] 7 -> blocked

title   fallocate fills a hole of a block that is being collapsed: the collapse fails on what it finds there, or fallocate waits for the huge page
source  Linux 6.18, collapse_file(): a hole that was filled ends it with SCAN_PAGE_FILLED; else retry entries hold up shmem_get_folio()
entries 8
A = process
F = memfd 8 pages
buf = range 8 pages align 8 pages
A: mmap buf rw shared file F
A: write buf 1+
A: punch-hole F[5]
B = fork A
parallel
  task A: fallocate F[5]
  task B: madvise buf collapse -> any
end
A: read buf[4] = 5
A: read buf[5] = 0
A: read buf[6] = 7
expect A: buf file

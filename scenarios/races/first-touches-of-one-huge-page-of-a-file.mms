title   two first touches of shared memory make one huge page
source  Linux 6.18, shmem_alloc_and_add_folio(): -EEXIST, and the lookup begins anew
entries 8
thp     shmem_enabled=always
A = process
A: buf = mmap 8 pages rw shared anon align 8 pages
B = fork A
parallel
  task A: write buf[2] 7
  task B: write buf[5] 8
end
A: read buf[5] = 8
B: read buf[2] = 7
expect A: buf one folio, order 3
expect B: buf one folio, order 3

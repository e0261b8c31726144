title   a write to a private mapping copies what was there before the hole or nothing, and the hole leaves the copy
source  Linux 6.18, shmem_fallocate(): hole-punching leaves COWed pages; do_cow_fault() waits in shmem_fault()
entries 8
A = process
F = memfd 4 pages
A: buf = mmap 4 pages rw shared file F
A: own = mmap 4 pages rw private file F
A: write buf 1+
B = fork A
parallel
  task A: punch-hole F[1:3]
  task B: write own[2] 7
end
B: read own[2] = 7
B: read own[1] = 0
A: read buf[2] = 0
A: read own[2] = 0

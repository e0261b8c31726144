title   a hole races with a collapse
source  Linux 6.18, shmem_undo_range() and collapse_file()
entries 8
A = process
F = memfd 8 pages
buf = range 8 pages align 8 pages
A: mmap buf rw shared file F
A: write buf 1+
B = fork A
parallel
  task A: punch-hole F[2:4]
  task B: madvise buf collapse -> any
end
A: read buf[2] = 0
A: read buf[4] = 5

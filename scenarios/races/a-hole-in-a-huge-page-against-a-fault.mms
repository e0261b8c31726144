title   a hole in a huge page races with a write to it
source  Linux 6.18, truncate_inode_partial_folio()
entries 8
A = process
F = memfd 8 pages
buf = range 8 pages align 8 pages
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
B = fork A
parallel
  task A: punch-hole F[2:4]
  task B: write buf[3] 7
end
A: read buf[5] = 6

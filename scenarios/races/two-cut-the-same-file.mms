title   two cut the same file
source  Linux 6.18, inode_lock()
entries 8
A = process
F = memfd 8 pages
buf = range 8 pages align 8 pages
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
B = fork A
parallel
  task A: truncate F 3 pages
  task B: madvise buf[2:8] remove; munmap buf
end
A: read buf[1] = 2

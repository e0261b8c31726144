title   a write to a hole of a block that is being collapsed is not lost
source  Linux 6.18, collapse_file(): retry entries block faults in the holes of a range until the huge page is there
entries 8
A = process
F = memfd 8 pages
buf = range 8 pages align 8 pages
A: mmap buf rw shared file F
A: write buf 1+
A: punch-hole F[5]
B = fork A
parallel
  task A: write buf[5] 50
  task B: madvise buf collapse -> any
end
A: read buf[4] = 5
A: read buf[5] = 50
B: read buf[5] = 50

title   a huge page of a file that is split while somebody zaps it is not found mapped when its mappings are gone
source  Linux commit 732ed55823fc (5.13), which was found with huge tmpfs: a hole is punched into a huge page, which splits it
entries 8

A = process
F = memfd 8 pages
buf = range 8 pages align 8 pages
A: mmap buf rw shared file F
A: write buf 1+
A: madvise buf collapse
B = fork A
B: read buf = 1+

parallel
  task puncher in A: punch-hole F[2:4]
  task zapper in B:  madvise buf dontneed
end

expect if split-unmap-sync = off: counterexample exception
A: read buf[5] = 6
B: read buf[5] = 6
B: read buf[2:4] = 0

title   R3: an ordinary write fault of a private mapping loses nothing to a retraction
source  001_fd0419e3beafc014.txt: page locks, and retry entries in holes, keep new entries of the page away
entries 8

F = memfd 32KiB
A = process
B = process
a = range 32KiB align 32KiB
A: mmap a rw shared file F
b = range 32KiB align 32KiB
B: mmap b rw private file F
A: write a[0] 1
B: read b[0] = 1

parallel
  task collapser in A: madvise a collapse -> any
  task writer in B:    write b[3] 50
end

expect B: b[3] = 50
expect B: b[3] present, anon
B: read b[0] = 1
A: read a[0] = 1

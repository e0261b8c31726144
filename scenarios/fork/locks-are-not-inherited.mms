title   A child has no locked memory
source  mlock(2)

A = process
m = range 4
A: mmap m rw private anon
A: mlock m
B = fork A
expect A: Locked(m) > 0KiB
expect B: Locked(m) = 0KiB

title   What the parent unmaps the child keeps
source  munmap(2)

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
B = fork A
A: munmap m
expect B: m mapped-once
B: read m[2] = 3
B: write m[2] 30
B: read m[2] = 30

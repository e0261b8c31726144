title   Memory that was never touched is not shared by fork
source  Linux 6.18, vma_needs_copy

A = process
m = range 4
A: mmap m rw private anon
B = fork A
A: write m[0] 1
B: read m[0] = 0
B: write m[1] 2
A: read m[1] = 0
expect A: m[0] mapped-once

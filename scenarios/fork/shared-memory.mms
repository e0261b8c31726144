title   What one process writes to shared memory the other reads
source  mmap(2)

A = process
m = range 4
A: mmap m rw shared anon
A: write m[0] 1
B = fork A
B: write m[1] 2
A: read m[1] = 2
A: write m[0] 3
B: read m[0] = 3
expect A: m[0] same page as B.m[0]
expect A: m[0] mapcount 2

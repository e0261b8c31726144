title   A private write to a file mapping is the writer's own
source  mmap(2)

A = process
F = file 4
m = range 4
A: mmap m rw private file F
A: read m[0:2]
B = fork A
B: write m[0] 77
expect B: m[0] anon, mapped-once
expect A: m[0] file
A: write m[1] 78
B: read m[0] = 77
A: read m[1] = 78

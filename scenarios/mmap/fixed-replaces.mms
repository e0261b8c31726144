title   MAP_FIXED throws away what was mapped there
source  mmap(2)

A = process
m = range 8
A: mmap m rw private anon
A: write m 1+
A: mmap m[2:6] rw private anon
A: read m[2] = 0
A: read m[1] = 2
A: read m[6] = 7
expect A: m[3:6] empty

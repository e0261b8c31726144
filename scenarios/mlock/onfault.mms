title   MLOCK_ONFAULT locks a page when it is touched
source  mlock2(2)

A = process
m = range 8
A: mmap m rw private anon
A: mlock2 m onfault
expect A: m empty
A: write m[3] 1
expect A: m[3] present, mlocked
expect 1 of m present

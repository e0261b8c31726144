title   MAP_LOCKED fills and locks
source  mmap(2)

A = process
m = range 8
A: mmap m rw private anon locked
expect A: m present, mlocked
expect A: Locked(m) = 32KiB

title   With a limit of nothing, mlock is not permitted at all
source  mlock(2)
unprivileged

A = process
m = range 4
A: limit memlock 0
A: mmap m rw private anon
A: mlock m[0] -> EPERM
A: munlock m
expect A: m empty

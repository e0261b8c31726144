title   Without the capability RLIMIT_MEMLOCK binds
source  mlock(2)
unprivileged

A = process
m = range 32
A: limit memlock 64KiB
A: mmap m rw private anon
A: mlock m[0:16]
A: mlock m[16:17] -> ENOMEM
A: munlock m[0:8]
A: mlock m[16:24]
expect A: Locked(m) = 64KiB
A: mlock m[8:24]

title   mlock of a range with a hole fails with ENOMEM after it locked what lies before
source  mlock(2)

A = process
m = range 12
A: mmap m[0:4] rw private anon
A: mmap m[8:12] rw private anon
A: mlock m -> ENOMEM
expect A: Locked(m[0:4]) = 0KiB
expect A: m[0:4] empty

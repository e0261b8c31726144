title   Untouched read-only memory that becomes writable is ordinary memory
source  mprotect(2)

A = process
m = range 4
A: mmap m r private anon
A: read m[0]
A: mprotect m rw
A: write m[0] 3
expect A: m[0] anon, mapped-once, not zero
A: write m[1] 4
A: read m[0] = 3

title   What a device wrote is not dropped as never written when its pin is gone
source  Linux, pin_user_pages.rst: unpin_user_pages_dirty_lock; found by random programs with pins

A = process
m = range 8
A: mmap m rw shared anon populate
A: P = pin m[:4] writable longterm
A: device write P[3] 5
B = fork A
A: exit
reclaim 64
B: read m[3] = 5

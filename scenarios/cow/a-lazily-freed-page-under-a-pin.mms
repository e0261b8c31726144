title   A page that MADV_FREE gave up while it was pinned is dropped when the pin is gone
source  Linux, io_uring/rsrc.c: io_release_ubuf() does not mark as dirty what it lets go; found by random programs against the kernel

A = process
m = range 4KiB
A: mmap m rw private anon
A: write m 1
A: P = pin m writable longterm
A: madvise m free
A: madvise m pageout
A: read m = 1
A: unpin P
A: madvise m free
A: madvise m pageout
A: read m = 0

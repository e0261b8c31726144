title   asynchronous protection ends with the first write, without anybody waiting
source  Linux 6.18, UFFD_FEATURE_WP_ASYNC

A = process
A: buf = mmap 8 rw private anon
A: write buf[0:4] 1+
A: uffd-open wp-async
A: uffd-register buf wp
A: uffd-writeprotect buf
expect A: buf uffd-wp
A: write buf[0] 10
A: write buf[5] 50
expect A: buf[0] not uffd-wp
expect A: buf[5] not uffd-wp
expect A: buf[1:5] uffd-wp
expect A: buf[0] = 10

title   unregistering wakes who waits for a missing page, not who waits to write a protected one
source  Linux 6.18, userfaultfd_unregister

A = process
A: buf = mmap 8 rw private anon
A: write buf[0:4] 1+
A: uffd-register buf missing wp
A: uffd-writeprotect buf[0:4]
A: read buf[5] -> blocked
A: uffd-register buf[0:4] wp
A: write buf[0] 9 -> blocked
A: uffd-unregister buf[4:8]
A: finish buf[5] = 0
A: finish buf[0] -> blocked
m = range 8
A: mmap m[0:4] rw private anon
A: write m[0:4] 1+
A: uffd-register m[0:4] wp
A: uffd-writeprotect m[0:4]
A: write m[1] 8 -> blocked
A: uffd-unregister m[0:4]
A: finish m[1] -> blocked
A: uffd-wake m[0:4]
A: finish m[1]
expect A: m[1] = 8

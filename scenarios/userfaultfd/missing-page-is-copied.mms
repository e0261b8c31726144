title   an access to a missing page waits until the handler copies it
source  Linux 6.18, Documentation/admin-guide/mm/userfaultfd.rst

A = process
A: buf = mmap 16 rw private anon
A: uffd-register buf missing
A: read buf[3] -> blocked
A: write buf[5] 50 -> blocked
A: finish buf[3] -> blocked
A: uffd-copy buf[3:5] 70+
A: finish buf[3] = 70
A: read buf[4] = 71
A: uffd-copy buf[5] 1 dontwake
A: finish buf[5] -> blocked
expect A: buf[5] = 1
A: uffd-wake buf
A: finish buf[5]
expect A: buf[5] = 50
A: uffd-copy buf[5] 2 -> EEXIST
A: uffd-copy buf[2:6] 2 -> EAGAIN
expect A: buf[2] = 2
expect A: buf[3] = 70
expect A: 4 of buf present
A: finish buf[7] -> ENOENT

title   who is woken without a page waits again
source  Linux 6.18, handle_userfault

A = process
A: buf = mmap 8 rw private anon
A: uffd-register buf missing
A: read buf[0] -> blocked
A: uffd-wake buf
A: finish buf[0] -> blocked
A: uffd-unregister buf
A: finish buf[0] = 0
expect A: buf[0] zero

title   a write to a protected page waits until the protection ends
source  Linux 6.18, do_wp_page; 001_fd0419e3beafc014.txt

A = process
A: buf = mmap 8 rw private anon
A: write buf 1+
A: uffd-register buf wp
A: uffd-writeprotect buf[1:3]
expect A: buf[0] not uffd-wp
expect A: buf[1:3] uffd-wp, mapped-once
A: read buf[1] = 2
A: write buf[0] 10
A: write buf[1] 11 -> blocked
expect A: buf[1] = 2
A: uffd-writeprotect buf[2] off
A: write buf[2] 12
A: finish buf[1] -> blocked
A: uffd-writeprotect buf off dontwake
A: finish buf[1] -> blocked
A: uffd-wake buf[1]
A: finish buf[1]
expect A: buf[1] = 11
expect A: buf not uffd-wp

title   with WP_UNPOPULATED a marker protects an anonymous page that is not there
source  Linux 6.18, userfaultfd_wp_use_markers

A = process
A: buf = mmap 8 rw private anon
A: uffd-open wp-unpopulated
A: uffd-register buf wp
A: uffd-writeprotect buf[0:4]
expect A: buf[0:4] uffd-wp, not present
expect A: buf[4:8] empty
A: read buf[0]
expect A: buf[0] zero, uffd-wp
A: write buf[1] 5 -> blocked
A: uffd-writeprotect buf off
A: finish buf[1]
expect A: buf[1] = 5
expect A: buf[2:4] empty
A: uffd-writeprotect buf
A: madvise buf dontneed
expect A: buf empty

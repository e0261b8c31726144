title   without WP_UNPOPULATED an anonymous page that is not there is not protected
source  Linux 6.18, userfaultfd_wp_use_markers

A = process
A: buf = mmap 8 rw private anon
A: write buf[0] 1
A: uffd-open
A: uffd-register buf wp
A: uffd-writeprotect buf
expect A: buf[0] uffd-wp
expect A: buf[1:8] empty
A: write buf[1] 5
expect A: buf[1] not uffd-wp

title   a write comes before the protection or waits until it ends, and is not lost
source  Linux 6.18, do_wp_page, userfaultfd_must_wait
entries 8

A = process
A: buf = mmap 8 rw private anon align 32KiB
A: write buf 1+
A: uffd-register buf wp

parallel
  task writer in A:  write buf[3] 70
  task handler in A: uffd-writeprotect buf[3]; uffd-writeprotect buf[3] off
end

A: read buf[3] = 70
expect A: buf not uffd-wp

title   in shared memory a marker protects what is not there, and outlives MADV_DONTNEED
source  Linux 6.18, zap_install_uffd_wp_if_needed; 001_fd0419e3beafc014.txt

A = process
A: buf = mmap 8 rw shared anon
A: write buf[0:4] 1+
A: uffd-open
A: uffd-register buf wp
A: uffd-writeprotect buf
expect A: buf uffd-wp
expect A: buf[4:8] not present
A: madvise buf dontneed
expect A: buf uffd-wp, not present
A: read buf[0:4]
expect A: buf[0:4] present, uffd-wp
expect A: buf[0:4] = 1+
A: write buf[1] 20 -> blocked
A: write buf[5] 50 -> blocked
A: uffd-writeprotect buf off
A: finish buf[1]
A: finish buf[5]
expect A: buf[1] = 20
expect A: buf[5] = 50
expect A: buf[6:8] empty
A: uffd-writeprotect buf
A: uffd-unregister buf
expect A: buf[6:8] empty
expect A: buf not uffd-wp

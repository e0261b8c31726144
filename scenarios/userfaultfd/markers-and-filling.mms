title   a copy replaces a marker, the zero page does not; a copy may protect at once
source  Linux 6.18, mfill_atomic_install_pte

A = process
A: buf = mmap 8 rw private anon
A: uffd-register buf missing wp
A: uffd-writeprotect buf[0:2]
A: uffd-zeropage buf[0] -> EEXIST
A: uffd-copy buf[0] 5
expect A: buf[0] not uffd-wp
A: write buf[0] 6
A: uffd-copy buf[1:3] 5 wp
expect A: buf[1:3] uffd-wp
A: read buf[1] = 5
A: write buf[2] 6 -> blocked

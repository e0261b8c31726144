title   protection leaves guard regions alone, and they end an access as ever
source  Linux 6.18, change_pte_range, guard markers

A = process
A: buf = mmap 8 rw private anon
A: write buf[0:4] 1+
A: uffd-register buf wp
A: madvise buf[2:6] guard_install
A: uffd-writeprotect buf
expect A: buf[0:2] uffd-wp
expect A: buf[2:6] not uffd-wp
A: read buf[3] -> SIGSEGV
A: uffd-writeprotect buf off
A: read buf[3] -> SIGSEGV
A: madvise buf guard_remove
A: read buf[3] = 0

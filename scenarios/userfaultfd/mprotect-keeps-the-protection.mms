title   mprotect takes no protection away, and grants no write to a protected page
source  Linux 6.18, change_pte_range

A = process
A: buf = mmap 8 rw private anon
A: write buf[0:4] 1+
A: uffd-register buf wp
A: uffd-writeprotect buf[0:6]
A: mprotect buf none
A: mprotect buf rw
expect A: buf[0:6] uffd-wp
expect A: buf[6:8] empty
A: write buf[0] 9 -> blocked
A: write buf[6] 7

title   unregistering takes protection and markers away
source  Linux 6.18, userfaultfd_clear_vma

A = process
A: buf = mmap 8 rw private anon
A: write buf[0:4] 1+
A: uffd-register buf wp
A: uffd-writeprotect buf
A: write buf[0] 9 -> blocked
A: uffd-unregister buf[0:6]
expect A: buf[0:4] not uffd-wp
expect A: buf[4:6] empty
expect A: buf[6:8] uffd-wp
A: write buf[1] 8
expect A: buf[1] = 8
A: uffd-close
expect A: buf[6:8] empty
A: finish buf[0]
expect A: buf[0] = 9

title   a child of watched shared memory has no markers, and writes freely
source  Linux 6.18, copy_pte_marker, vma_needs_copy

A = process
A: buf = mmap 8 rw shared anon
A: write buf[0:4] 1+
A: uffd-register buf wp
A: uffd-writeprotect buf
B = fork A
expect B: buf not uffd-wp
B: write buf[0] 10
B: write buf[5] 50
A: read buf[0] = 10
expect A: buf[0] uffd-wp
A: write buf[5] 51 -> blocked

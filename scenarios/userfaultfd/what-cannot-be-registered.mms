title   a range that cannot be watched is refused, and nothing of it is registered
source  Linux 6.18, userfaultfd_register, vma_can_userfault

F = file 4 pages
A = process
A: buf = mmap 8 rw private anon
A: map = mmap 4 rw private file F
A: uffd-register buf minor -> EINVAL
A: uffd-register map missing -> EINVAL
A: uffd-register buf plus 100 bytes length 4096 bytes missing -> EINVAL
A: munmap buf[4:8]
A: uffd-register buf[4:8] missing -> EINVAL
A: uffd-writeprotect buf[0] -> ENOENT
A: uffd-copy buf[0] 7 -> ENOENT
A: uffd-register buf[0:8] missing
A: uffd-writeprotect buf[0] -> ENOENT
A: uffd-continue buf[0] -> EINVAL
A: uffd-copy buf[0] 7 wp -> EINVAL
A: uffd-copy buf[3:5] 7 -> ENOENT
expect A: buf[0:4] empty

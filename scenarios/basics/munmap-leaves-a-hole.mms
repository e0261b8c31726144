title   munmap of the middle leaves two VMAs and a hole
source  munmap(2)

A = process
A: buf = mmap 12 rw private anon
A: write buf 1+
A: munmap buf[4:8]
expect A: vmas buf = rw 4, hole 4, rw 4
A: read buf[5] -> SIGSEGV
expect A: buf[3] = 4
expect A: buf[8] = 9
A: munmap buf[0] plus 100 bytes -> EINVAL

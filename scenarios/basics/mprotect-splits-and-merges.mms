title   A protection that changes there and back leaves one VMA
source  Linux 6.18, vma_modify

A = process
A: buf = mmap 12 rw private anon
A: mprotect buf[4:8] r
expect A: vmas buf = rw 4, r 4, rw 4
A: write buf[4] 1 -> SIGSEGV
A: mprotect buf[4:8] rw
expect A: vmas buf = rw 12
A: write buf[4] 1

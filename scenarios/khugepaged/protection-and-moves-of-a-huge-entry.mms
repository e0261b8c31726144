title   mprotect and mremap keep a huge entry of shared memory whole, fork leaves it to the child's faults
source  Linux 6.18, change_huge_pmd, move_huge_pmd, copy_huge_pmd

A = process
buf = range 2MiB align 2MiB
c = range 2MiB align 2MiB
A: mmap buf rw shared anon
A: write buf[0:512] 1+
A: madvise buf collapse
A: mprotect buf r
expect A: ShmemPmdMapped(buf) = 2048KiB
A: write buf[0] 9 -> SIGSEGV
A: mprotect buf rw
A: write buf[0] 9
expect A: ShmemPmdMapped(buf) = 2048KiB
A: mremap buf to c
expect A: ShmemPmdMapped(c) = 2048KiB
B = fork A
expect B: c empty
B: read c[0] = 9
expect B: ShmemPmdMapped(c) = 2048KiB
B: write c[1] 10
A: read c[1] = 10

title   cutting a file unmaps locked memory and takes the lock off its pages
source  Linux 6.18, zap_page_range_single() of a VM_LOCKED VMA

A = process
F = memfd 8 pages
A: buf = mmap 8 pages rw shared file F
A: mlock buf
expect A: buf present, mlocked
mark
A: truncate F 6 pages
expect A: buf[6:8] empty
A: punch-hole F[0:2]
expect A: buf[0:2] empty
expect A: Locked(buf) = 16KiB
expect A: status VmLck = 32KiB
A: read buf[0] = 0
expect A: buf[0] present, mlocked
A: read buf[7] -> SIGBUS
A: munlock buf
expect A: buf not mlocked

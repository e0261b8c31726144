title   guard regions of shared memory survive fork, and keep VMAs apart only where an anon_vma stands for them
source  Linux 6.18, madvise_guard_install; 001_fd0419e3beafc014.txt

A = process
A: buf = mmap 8 rw shared anon
A: madvise buf[4:8] dontfork
A: madvise buf[0] guard_install
A: madvise buf[4] guard_install
A: madvise buf[4:8] dofork
expect if guard-install = sticky-bit: A: vmas buf = 1
expect if guard-install = anon-vma: A: vmas buf = 2
B = fork A
B: read buf[0] -> SIGSEGV
B: write buf[4] 1 -> SIGSEGV
B: read buf[1] = 0
A: madvise buf dontneed
A: read buf[4] -> SIGSEGV

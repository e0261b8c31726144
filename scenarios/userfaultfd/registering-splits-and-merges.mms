title   registering splits VMAs, unregistering joins them again, faulted or not
source  Linux 6.18, userfaultfd_register_range

A = process
A: buf = mmap 16 rw private anon
A: write buf[0:4] 1+
A: uffd-register buf wp
expect A: vmas buf = 1
A: uffd-unregister buf[4:8]
expect A: vmas buf = 3
A: uffd-register buf[4:8] wp
expect A: vmas buf = 1
A: uffd-register buf[8:12] missing wp
expect A: vmas buf = 3
A: uffd-unregister buf
expect A: vmas buf = 1
A: uffd-register buf[2:6] wp
A: uffd-close
expect A: vmas buf = 1
expect A: buf[0:4] = 1+

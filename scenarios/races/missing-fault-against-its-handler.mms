title   a missing fault is never left waiting when its handler copies the page at the same time
source  Linux 6.18, handle_userfault, userfaultfd_must_wait
entries 8

A = process
A: buf = mmap 8 rw private anon align 32KiB
A: uffd-register buf missing

parallel
  task reader in A:  read buf[3] = 70
  task handler in A: uffd-copy buf[3] 70
end

A: read buf[3] = 70
expect A: 1 of buf present

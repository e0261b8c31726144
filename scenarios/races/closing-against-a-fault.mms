title   closing wakes after it has locked the VMAs, and leaves nobody waiting
source  Linux 6.18, userfaultfd_release
entries 8

A = process
A: buf = mmap 8 rw private anon align 32KiB
A: uffd-register buf missing

parallel
  task writer in A:  write buf[3] 70
  task handler in A: uffd-close
end

A: read buf[3] = 70

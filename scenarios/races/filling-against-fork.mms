title   A page that is filled while its process forks is the child's too, or comes too late, or the handler is asked to come back
source  Linux 6.18, dup_userfaultfd, mmap_changing: "-EAGAIN" of UFFDIO_COPY until the fork event was read
entries 8

A = process
A: buf = mmap 8 rw private anon align 32KiB
A: write buf[0] 1
A: uffd-open event-fork
A: uffd-register buf missing

parallel
  task forker in A:  B = fork
  task filler in A:  uffd-copy buf[3] 70 -> any
  task handler in A: uffd-read event-fork
end

# Whatever came of it then, it can be filled now.
A: uffd-copy buf[3] 70 -> any
expect A: buf[3] = 70
expect A: buf[0] present

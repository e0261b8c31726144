title   While memory moves and its handler has not read of that, no page can be filled, wherever it is
source  Linux 6.18, mremap_userfaultfd_prep, mmap_changing: "-EAGAIN"
entries 8

A = process
A: buf = mmap 8 rw private anon align 32KiB
A: other = mmap 8 rw private anon align 32KiB
m = range 32KiB align 32KiB
A: uffd-open event-remap
A: uffd-register buf missing
A: uffd-register other missing

parallel
  task mover in A:   mremap buf to m
  task filler in A:  uffd-copy other[3] 70
  task handler in A: uffd-read event-remap buf to m
end

# EAGAIN, once the move has begun
expect counterexample

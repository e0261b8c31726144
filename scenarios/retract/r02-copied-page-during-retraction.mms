title   R2: a page that UFFDIO_COPY installs while the page table is taken away stays
source  001_fd0419e3beafc014.txt; Jann Horn's review: a private mapping registered for missing pages gets its page without a look at the page cache
entries 8

F = memfd 32KiB
A = process
B = process
a = range 32KiB align 32KiB
A: mmap a rw shared file F
b = range 32KiB align 32KiB
B: mmap b rw private file F
B: uffd-register b missing
A: write a[0] 1

parallel
  task collapser in A: madvise a collapse -> any
  task handler in B:   uffd-copy b[7] 70 -> any
end

expect if collapse.retraction = retract/check-before-lock: counterexample
expect if collapse.retraction = retract/mmap-read: counterexample
# Where the page table was taken away meanwhile, the first try ends with EAGAIN.
B: uffd-copy b[7] 70 -> any
expect B: b[7] = 70
expect B: b[7] present, anon

title   R1: a marker that userfaultfd installs while the page table is taken away stays
source  001_fd0419e3beafc014.txt: what if VM_UFFD_WP is set a moment after this check? Linux 6.6 checks again under the page-table lock
entries 8

F = memfd 32KiB
A = process
B = process
a = range 32KiB align 32KiB
A: mmap a rw shared file F
b = range 32KiB align 32KiB
B: mmap b rw shared file F
B: uffd-open wp-unpopulated
A: write a[0] 1
B: read b[0] = 1

parallel
  task collapser in A: madvise a collapse -> any
  task protector in B: uffd-register b wp; uffd-writeprotect b[7]
end

expect if collapse.retraction = retract/check-before-lock: counterexample
expect B: b[7] uffd-wp
B: read b[0] = 1
expect B: b[7] uffd-wp

title   R6: a guard region that is installed while the page table is taken away stays
source  001_fd0419e3beafc014.txt; Linux 7.0 looks at the VMA's mark of guard regions under the page-table lock
entries 8

F = memfd 32KiB
A = process
B = process
a = range 32KiB align 32KiB
A: mmap a rw shared file F
b = range 32KiB align 32KiB
B: mmap b rw shared file F
A: write a[0:8] 1+
B: read b[0] = 1
B: madvise b[0] dontneed

parallel
  task collapser in A: madvise a collapse -> any
  task guard in B:     madvise b[7] guard_install -> any
end

expect if collapse.retraction = retract/check-before-lock: counterexample
expect if collapse.retraction = retract/mmap-read: counterexample
expect if collapse.retraction = retract/recheck-under-ptl and guard-install = sticky-bit: counterexample
expect if collapse.retraction = retract/recheck-table and guard-install = sticky-bit: counterexample
B: write b[7] 5 -> SIGSEGV

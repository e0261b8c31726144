title   R5: a page table that reclaim of empty tables frees while it is looked at is not taken away twice
source  Linux 6.14, Qi Zheng: retract_page_tables() looks at the PMD entry again under its lock
entries 8

F = memfd 32KiB
A = process
B = process
a = range 32KiB align 32KiB
A: mmap a rw shared file F
b = range 32KiB align 32KiB
B: mmap b rw shared file F
A: write a[0] 1
B: read b[0] = 1

parallel
  task collapser in A: madvise a collapse -> any
  task dropper in B:   madvise b dontneed
end

expect if collapse.retraction = retract/check-before-lock and pt-reclaim = on: counterexample
expect if collapse.retraction = retract/recheck-under-ptl and pt-reclaim = on: counterexample

B: read b[0] = 1
A: read a[0] = 1

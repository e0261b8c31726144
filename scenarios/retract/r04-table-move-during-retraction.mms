title   R4: mremap does not move a page table that was taken away meanwhile
source  Linux commit 6fa1066fc5d0 (6.12): move_normal_pmd() looks at the entry again once it has the locks
entries 8

F = memfd 32KiB
A = process
B = process
a = range 32KiB align 32KiB
A: mmap a rw shared file F
b = range 32KiB align 32KiB
B: mmap b rw shared file F
m = range 32KiB align 32KiB
A: write a[0] 1
B: read b[0] = 1

parallel
  task collapser in A: madvise a collapse -> any
  task mover in B:     mremap b to m
end

expect if collapse.table-move = table-move/unchecked: counterexample
B: read m[0] = 1
A: read a[0] = 1

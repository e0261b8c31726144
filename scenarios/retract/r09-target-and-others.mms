title   R9: the target of MADV_COLLAPSE ends mapped huge, and the others at their next fault
source  001_fd0419e3beafc014.txt; collapse_pte_mapped_thp()
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
  task reader in B:    read b[0] = 1
end

# A fault in the middle may make the first try end with EAGAIN.
A: madvise a collapse
expect A: a pmd-mapped
expect A: a[0] = 1
B: read b[0] = 1

title   R7: a page table goes with the first scan, though its process holds its mmap lock just then
source  001_fd0419e3beafc014.txt: the mmap_write_trylock() of 6.5 fails where the lock is busy, and khugepaged has to come back
entries 8
thp     shmem_enabled=advise khugepaged/max_ptes_none=7

F = memfd 32KiB
A = process
B = process
a = range 32KiB align 32KiB
A: mmap a rw shared file F
b = range 32KiB align 32KiB
B: mmap b rw shared file F
B: other = mmap 4KiB rw private anon
A: write a[0] 1
B: read b[0] = 1
A: madvise a hugepage

# The first fault of a private mapping takes the mmap lock for reading.
parallel
  task scanner in A: khugepaged
  task toucher in B: write other[0] 5
end

expect if collapse.retraction = retract/mmap-trylock: counterexample
B: read b[0] = 1
expect B: b[0] pmd-mapped
A: read a[0] = 1
expect A: a[0] pmd-mapped

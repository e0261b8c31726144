title   R7: a page table whose process was busy goes with the next scan at the latest
source  001_fd0419e3beafc014.txt; khugepaged_collapse_pte_mapped_thps() of 6.5 goes through what was deferred
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

parallel
  task scanner in A: khugepaged
  task toucher in B: write other[0] 5
end

B: khugepaged
B: read b[0] = 1
expect B: b[0] pmd-mapped
A: read a[0] = 1
expect A: a[0] pmd-mapped

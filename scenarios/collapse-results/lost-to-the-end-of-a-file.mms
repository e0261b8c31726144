title   PAGE_NULL: the file is cut before the entries of its huge page are collapsed
source  Linux 6.18, collapse_pte_mapped_thp(); MADV_COLLAPSE: EINVAL, and the call goes on
entries 8
A = process
B = process
F = memfd 32KiB
A: m = mmap 32KiB rw shared file F align 32KiB
A: read m
parallel
  task A: madvise m collapse -> any
  task B: truncate F 0 pages
end
expect khugepaged entries_page_null +0
expect counterexample

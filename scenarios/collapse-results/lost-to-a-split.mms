title   PAGE_COMPOUND: the huge page of a file is split before its entries are collapsed
source  Linux 6.18, collapse_pte_mapped_thp(); MADV_COLLAPSE: EINVAL, and the call goes on
entries 8
A = process
B = process
F = memfd 32KiB
A: m = mmap 32KiB rw shared file F align 32KiB
A: read m
parallel
  task A: madvise m collapse -> any
  task B: punch-hole F[3]
end
expect khugepaged entries_page_compound +0
expect counterexample

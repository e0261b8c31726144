title   VMA_NULL: the mapping goes after the range was scanned, and there is none above
source  Linux 6.18, hugepage_vma_revalidate(); MADV_COLLAPSE: EINVAL, which ends the call
entries 8
A = process
A: m = mmap 32KiB rw private anon align 32KiB
A: write m 1+
parallel
  task collapser in A: madvise m collapse -> any
  task A: munmap m
end
expect khugepaged scan_vma_null +0
expect counterexample

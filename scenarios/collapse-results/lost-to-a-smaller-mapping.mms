title   ADDRESS_RANGE: a part of the mapping goes after the range was scanned
source  Linux 6.18, hugepage_vma_revalidate(); MADV_COLLAPSE: EINVAL, which ends the call
entries 8
A = process
A: m = mmap 32KiB rw private anon align 32KiB
A: write m 1+
parallel
  task collapser in A: madvise m collapse -> any
  task A: munmap m[0]
end
expect khugepaged scan_address_range +0
expect counterexample

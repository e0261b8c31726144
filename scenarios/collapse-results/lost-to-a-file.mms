title   PAGE_ANON: a file is mapped there after the range was scanned
source  Linux 6.18, hugepage_vma_revalidate(); MADV_COLLAPSE: EINVAL, which ends the call
entries 8
A = process
F = memfd 32KiB
A: m = mmap 32KiB rw private anon align 32KiB
A: write m 1+
parallel
  task collapser in A: madvise m collapse -> any
  task A: mmap m rw shared file F
end
expect khugepaged scan_page_anon +0
expect counterexample

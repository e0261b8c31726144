title   PTE_NON_PRESENT: a page is swapped out after the range was scanned, and is in the way of MADV_COLLAPSE too
source  Linux 6.18, __collapse_huge_page_isolate(); MADV_COLLAPSE: EINVAL, and the call goes on
entries 8
swap    256KiB
A = process
A: m = mmap 32KiB rw private anon align 32KiB
A: write m 1+
parallel
  task collapser in A: madvise m collapse -> any
  task A: madvise m[2] pageout
end
A: read m = 1+
expect khugepaged scan_pte_non_present +0
expect counterexample

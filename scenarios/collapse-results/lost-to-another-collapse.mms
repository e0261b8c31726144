title   PAGE_LRU: another process collapses the same pages just then, and has taken them off their lists
source  Linux 6.18, hpage_collapse_scan_pmd(); MADV_COLLAPSE: EAGAIN, and the call goes on
entries 8
A = process
A: m = mmap 32KiB rw private anon align 32KiB
A: write m 1+
B = fork A
parallel
  task A: madvise m collapse -> any
  task B: madvise m collapse -> any
end
A: read m = 1+
B: read m = 1+
expect khugepaged scan_page_lru +0
expect counterexample

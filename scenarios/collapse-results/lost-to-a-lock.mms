title   PAGE_LOCK: a page is brought back by another process just then
source  Linux 6.18, __collapse_huge_page_swapin(); MADV_COLLAPSE: EAGAIN, and the call goes on
entries 8
swap    256KiB
A = process
A: m = mmap 32KiB rw private anon align 32KiB
A: write m 1+
A: madvise m[2] pageout
B = fork A
parallel
  task collapser in A: madvise m collapse -> any
  task B: write m[2] 33
end
expect khugepaged scan_page_lock +0
expect counterexample

title   DEL_PAGE_LRU: reclaim has taken a page of the file off its list
source  Linux 6.18, collapse_file(); MADV_COLLAPSE: EAGAIN, and the call goes on
entries 8
A = process
B = process
F = memfd 32KiB
A: m = mmap 32KiB rw shared file F align 32KiB
B: n = mmap 32KiB rw shared file F align 32KiB
B: read n
parallel
  task A: madvise m collapse -> any
  task B: madvise n[3] pageout
end
expect khugepaged scan_del_page_lru +0
expect counterexample

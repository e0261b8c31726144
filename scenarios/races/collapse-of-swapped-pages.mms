title   A collapse that brings a page back, against a child that wants the same page of the swap cache
source  Linux 6.18, __collapse_huge_page_swapin() and folio_lock_or_retry(): where the folio is locked, the mmap lock is dropped and the collapse given up
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
A: read m = 1+
B: read m[2] = 33

title   PAGE_FILLED: a fault fills a hole of the file before the collapse has closed it
source  Linux 6.18, collapse_file(); MADV_COLLAPSE: EAGAIN, which ends the call
entries 8
A = process
B = process
F = memfd 32KiB
A: m = mmap 32KiB rw shared file F align 32KiB
B: n = mmap 32KiB rw shared file F align 32KiB
A: punch-hole F[4:8]
A: read m[0:4]
parallel
  task A: madvise m collapse -> any
  task B: write n[6] 66
end
B: read n[6] = 66
expect khugepaged scan_page_filled +0
expect counterexample

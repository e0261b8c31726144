title   A collapse that brings pages back, against a thread that gives the pages up
source  Linux 6.18, collapse_huge_page(): between the locks the entries may go, and the VMA may too
entries 8
swap    256KiB

A = process
A: m = mmap 32KiB rw private anon align 32KiB
A: write m 1+
A: madvise m[2:4] pageout
parallel
  task collapser in A: madvise m collapse -> any
  task A: madvise m[3] dontneed; munmap m[7]
end
A: read m[0:3] = 1+
A: read m[3] = 0
expect A: m not one folio

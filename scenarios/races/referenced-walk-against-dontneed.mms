title   a folio that loses a page while reclaim walks its mappings does not end locked
source  Linux 6.18, folio_referenced_one(); sequence M8: 6.7 to 6.17 locked the folio after the page-table lock was dropped
entries 8
swap    256KiB
thp     16KiB=always

A = process
A: buf = mmap 16KiB rw private anon align 16KiB
A: write buf 1+
# Two halves, one after the other: the VMA is locked in the end, and no walk has seen the whole folio.
A: mlock buf[0:2]
A: mlock buf[2:4]
expect A: buf one folio, not mlocked

parallel
  task reclaimer in A: reclaim 4
  task dropper in A:   madvise buf[3] dontneed_locked
end

expect if folio-split.mlock = mlock/mainline-6.7: counterexample
# Split by reclaim, single pages may be locked again: each is mapped whole. What is still one folio with a page missing may not.
expect A: 0 of buf[0:3] large, mlocked
A: read buf[0:3] = 1+
A: read buf[3] = 0

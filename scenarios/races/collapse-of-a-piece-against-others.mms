title   A piece of a range is collapsed while others write next to it, and to it
source  khugepaged: mTHP support (Nico Pache, 2025): the page table is put back, so that nothing of it may be lost meanwhile
entries 8
thp     32KiB=madvise 16KiB=madvise khugepaged/max_ptes_none=0
policy  collapse.choice = choice/mainline orders=enabled

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: madvise buf nohugepage
A: write buf[0:5] 1+
A: madvise buf hugepage

parallel
  task collapser in A: khugepaged
  task writer in A: write buf[1] 20; write buf[6] 70
end

A: read buf[0] = 1
A: read buf[1] = 20
A: read buf[2:5] = 3+
A: read buf[6] = 70

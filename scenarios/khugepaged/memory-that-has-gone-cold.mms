title   khugepaged leaves a range alone that nobody has used lately; one young page is enough
source  Linux 6.18, SCAN_LACK_REFERENCED_PAGE
entries 8
thp     32KiB=madvise

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf 1+
A: madvise buf hugepage
A: madvise buf cold
mark
A: khugepaged
expect A: buf not pmd-mapped
expect vmstat thp_collapse_alloc +0
expect khugepaged scan_lack_referenced_page +1
A: read buf[5] = 6
A: khugepaged
expect A: buf pmd-mapped
A: read buf = 1+

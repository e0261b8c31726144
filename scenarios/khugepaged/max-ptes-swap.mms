title   khugepaged leaves a range alone with more than max_ptes_swap entries in swap
source  Documentation/admin-guide/mm/transhuge.rst: max_ptes_swap; Linux 6.18, hpage_collapse_scan_pmd()
entries 8
swap    256KiB
thp     32KiB=madvise khugepaged/max_ptes_swap=2

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf 1+
A: madvise buf hugepage
A: madvise buf[0:3] pageout
expect A: buf[0:3] swapped
A: read buf[3:8] = 4+
mark
A: khugepaged
expect A: buf not pmd-mapped
expect vmstat thp_scan_exceed_swap_pte +1
expect khugepaged scan_exceed_swap_pte +1

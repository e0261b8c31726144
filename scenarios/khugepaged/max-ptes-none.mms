title   khugepaged collapses where at most max_ptes_none entries are empty, MADV_COLLAPSE where any number is
source  Documentation/admin-guide/mm/transhuge.rst: max_ptes_none; Linux 6.18, hpage_collapse_scan_pmd()
entries 8
thp     32KiB=always khugepaged/max_ptes_none=2

A = process
A: buf = mmap 64KiB rw private anon align 32KiB
A: madvise buf nohugepage
A: write buf[0:6] 1+
A: write buf[8:13] 9+
A: madvise buf hugepage
mark
A: khugepaged
# two of eight are empty in the first range, three in the second
expect A: buf[0:8] pmd-mapped, one folio
expect A: buf[8:16] not pmd-mapped
expect vmstat thp_scan_exceed_none_pte +1
expect vmstat thp_collapse_alloc +1
A: read buf[0:6] = 1+
A: read buf[6:8] = 0
mark
A: madvise buf[8:16] collapse
expect A: buf[8:16] pmd-mapped
expect vmstat thp_scan_exceed_none_pte +0

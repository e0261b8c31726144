title   khugepaged collapses where at most max_ptes_shared pages may be another process's, too; MADV_COLLAPSE does not care
source  Documentation/admin-guide/mm/transhuge.rst: max_ptes_shared; Linux 6.18, hpage_collapse_scan_pmd()
entries 8
thp     32KiB=madvise khugepaged/max_ptes_shared=3

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf 1+
A: madvise buf hugepage
B = fork A
A: write buf[0:4] 11+
mark
A: khugepaged
expect A: buf not pmd-mapped
expect vmstat thp_scan_exceed_share_pte +1
expect khugepaged scan_exceed_shared_pte +1
A: write buf[4] 15
mark
A: khugepaged
expect A: buf pmd-mapped
expect vmstat thp_scan_exceed_share_pte +0
A: read buf[0:5] = 11+
A: read buf[5:8] = 6+
B: read buf = 1+
expect B: buf not pmd-mapped

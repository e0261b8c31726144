title   A wake-up of khugepaged that gets no huge page goes on once, and ends the second time
source  Linux 6.18, khugepaged_do_scan(); Documentation/admin-guide/mm/transhuge.rst: alloc_sleep_millisecs
entries 8
thp     32KiB=madvise

A = process
A: m = mmap 96KiB rw private anon align 32KiB
A: write m 1+
A: madvise m hugepage
fail order >= 3
mark
khugepaged
expect khugepaged scan_alloc_huge_page_fail +2
expect vmstat thp_collapse_alloc_failed +2
expect A: m not pmd-mapped
A: madvise m collapse -> ENOMEM
# the next wake-up goes on at the third range, and then through all of them from the first on
fail nothing
mark
khugepaged
expect khugepaged scan_succeed +3
expect khugepaged full_scans +2
expect A: m pmd-mapped
A: read m = 1+

title   khugepaged scans pages_to_scan pages a wake-up, goes on where it stopped, and through one process after the other
source  Linux 6.18, khugepaged_scan_mm_slot(); Documentation/admin-guide/mm/transhuge.rst: pages_to_scan
entries 8
thp     32KiB=madvise khugepaged/pages_to_scan=16

A = process
B = process
A: low = mmap 32KiB rw private anon align 32KiB
A: plain = mmap 32KiB rw private anon align 32KiB
A: high = mmap 64KiB rw private anon align 32KiB
B: b = mmap 32KiB rw private anon align 32KiB
A: write low 1+; write plain 1+; write high 1+
B: write b 1+
A: madvise low hugepage; madvise high hugepage
B: madvise b hugepage

khugepaged
expect A: low pmd-mapped
expect A: plain not pmd-mapped
expect A: high[0:8] pmd-mapped
expect A: high[8:16] not pmd-mapped
expect B: b not pmd-mapped
khugepaged
expect A: high[8:16] pmd-mapped
expect B: b pmd-mapped
expect A: plain not pmd-mapped
A: read high = 1+
B: read b = 1+

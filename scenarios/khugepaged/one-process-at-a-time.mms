title   a scan of one process leaves the others alone, and a number of pages goes before pages_to_scan
source  Linux 6.18, khugepaged_scan_mm_slot()
entries 8
thp     32KiB=always khugepaged/pages_to_scan=8

A = process
B = process
A: a = mmap 64KiB rw private anon align 32KiB
B: b = mmap 32KiB rw private anon align 32KiB
A: madvise a nohugepage; write a 1+; madvise a hugepage
B: madvise b nohugepage; write b 1+; madvise b hugepage

A: khugepaged
expect A: a[0:8] pmd-mapped
expect A: a[8:16] not pmd-mapped
expect B: b not pmd-mapped
A: khugepaged 16
expect A: a[8:16] pmd-mapped
expect B: b not pmd-mapped
B: khugepaged 8
expect B: b pmd-mapped

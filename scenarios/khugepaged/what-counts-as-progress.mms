title   For khugepaged, a visit to a process and a VMA that cannot be huge are progress of one page each, a range is progress of all its pages
source  Linux 6.18, khugepaged_scan_mm_slot() and khugepaged_do_scan()
entries 8
thp     32KiB=madvise khugepaged/pages_to_scan=12

A = process
B = process
A: low = mmap 64KiB rw private anon align 32KiB
A: a = mmap 4KiB r private anon gap 4KiB
A: b = mmap 4KiB r private anon gap 4KiB
A: c = mmap 4KiB r private anon gap 4KiB
A: high = mmap 64KiB rw private anon align 32KiB
B: n = mmap 32KiB rw private anon align 32KiB
A: write low 1+; write high 1+; write a 1 -> SIGSEGV
B: write n 1+
A: madvise low hugepage; madvise high hugepage

# 1 + 8 for the first range, after which the lock was dropped; 1 + 8 for the second
mark
khugepaged
expect khugepaged scan_succeed +2
expect A: low pmd-mapped
expect A: high not pmd-mapped

# 1, 3 for what lies between, 8
mark
khugepaged
expect khugepaged scan_succeed +1
expect A: high[0:8] pmd-mapped
expect A: high[8:16] not pmd-mapped
expect khugepaged full_scans +0

# 1 + 8; 1 for the visit that finds nothing more; then the round begins anew
mark
khugepaged
expect khugepaged scan_succeed +1
expect khugepaged scan_pmd_mapped +1
expect khugepaged full_scans +1
expect khugepaged pages_collapsed +1

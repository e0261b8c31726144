title   khugepaged takes the page table of a huge page of shared memory away where nothing of the mapping's own is in it
source  Linux 6.18, khugepaged_scan_mm_slot() and collapse_pte_mapped_thp()
entries 8
thp     32KiB=always shmem_enabled=always

A = process
B = process
C = process
D = process
F = memfd 32KiB
A: a = mmap 32KiB rw shared file F align 32KiB
A: madvise a collapse
B: b = mmap 32KiB rw private file F align 32KiB
B: madvise b nohugepage; write b[3] 33; read b; madvise b hugepage
C: c = mmap 32KiB rw shared file F align 32KiB
C: madvise c nohugepage; read c[0:7]; madvise c[7] guard_install; madvise c hugepage
D: d = mmap 32KiB rw shared file F align 32KiB
D: madvise d nohugepage; read d[0:5]; madvise d hugepage
mark
A: khugepaged
expect khugepaged entries_pmd_mapped +1
mark
B: khugepaged
expect khugepaged entries_fail +1
expect B: b present
mark
C: khugepaged
expect khugepaged entries_pte_non_present +1
expect C: c[0:7] present
mark
D: khugepaged
expect khugepaged entries_succeed +1
expect khugepaged pages_collapsed +1
expect D: d empty
D: read d
expect D: d pmd-mapped
B: read b[3] = 33

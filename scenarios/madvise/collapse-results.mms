title   What MADV_COLLAPSE finds of anonymous memory, by the kernel's own names, what it answers, and where it goes on
source  Linux 6.18, hpage_collapse_scan_pmd(), madvise_collapse() and madvise_collapse_errno(); tracepoint mm_khugepaged_scan_pmd
swap    64MiB

A = process
A: m = mmap 6MiB rw private anon align 2MiB
A: write m[512:1536] 1+

# nothing below the first 2 MiB: an empty entry of the table above ends the call
mark
A: madvise m collapse -> EINVAL
expect khugepaged scan_no_pte_table +1
expect khugepaged scan_succeed +0

# somebody refers to a page: the call goes on behind it
A: write m[0] 1
A: R = vmsplice m[600]
mark
A: madvise m collapse -> EAGAIN
expect khugepaged scan_page_count +1
expect khugepaged scan_succeed +2
expect A: m[0:512] one folio
expect A: m[512:1024] not large
expect A: m[1024:1536] one folio
A: pipe close R

# what is huge already counts as done
mark
A: madvise m collapse
expect khugepaged scan_pmd_mapped +2
expect khugepaged scan_succeed +1

# a guard cannot be brought in, which ends the call
A: g = mmap 4MiB rw private anon align 2MiB
A: write g 1+
A: madvise g[3] guard_install
mark
A: madvise g collapse -> EINVAL
expect khugepaged scan_fail +1
expect khugepaged scan_succeed +0

# holes of a range that userfaultfd watches
A: u = mmap 4MiB rw private anon align 2MiB
A: write u[0:300] 1+
A: write u[512:1024] 1+
A: uffd-register u missing
mark
A: madvise u collapse -> EBUSY
expect khugepaged scan_exceed_none_pte +1
expect khugepaged scan_succeed +0
expect vmstat thp_scan_exceed_none_pte +1
A: uffd-unregister u

# protected pages are passed over
A: uffd-register u wp
A: uffd-writeprotect u[9]
mark
A: madvise u collapse -> EINVAL
expect khugepaged scan_pte_uffd_wp +1
expect khugepaged scan_succeed +1

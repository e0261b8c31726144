title   What MADV_COLLAPSE finds of shared memory, by the kernel's own names, what it answers, and where it goes on
source  Linux 6.18, hpage_collapse_scan_file(), collapse_file() and collapse_pte_mapped_thp(); tracepoint mm_khugepaged_scan_file

A = process
F = memfd 8MiB
A: m = mmap 8MiB rw shared file F align 2MiB

# nothing cached ends the call
A: punch-hole F[0:2048]
mark
A: madvise m collapse -> EINVAL
expect khugepaged scan_truncated +1

A: write m[0] 1; write m[512] 2; write m[1024] 3; write m[1536] 4
A: R = vmsplice m[512]
mark
A: madvise m collapse -> EAGAIN
expect khugepaged scan_page_count +1
expect khugepaged scan_pte_mapped_hugepage +3
expect A: m[0:512] one folio
expect A: m[512] not large
expect A: m[1536:2048] one folio
A: pipe close R

# huge already, the entries too: the file is looked at first all the same
mark
A: madvise m collapse
expect khugepaged scan_pte_mapped_hugepage +4

# holes that somebody's userfaultfd watches
B = process
G = memfd 4MiB
A: g = mmap 4MiB rw shared file G align 2MiB
B: w = mmap 4MiB rw shared file G align 2MiB
A: punch-hole G[0:512]
A: write g[0] 1; write g[512:1024] 1+
B: uffd-register w missing
mark
A: madvise g collapse -> EBUSY
expect khugepaged scan_exceed_none_pte +1
expect khugepaged scan_pte_mapped_hugepage +0
B: uffd-unregister w

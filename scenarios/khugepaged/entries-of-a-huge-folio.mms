title   Whether the entries of a huge page of shared memory are collapsed: a copied page, a guard, a swapped copy, protection by userfaultfd, holes
source  Linux 6.18, collapse_pte_mapped_thp() and madvise_collapse()
swap    64MiB

A = process
F = memfd 4MiB

# a page of the mapping's own ends the call; the file has become huge all the same
A: p = mmap 4MiB rw private file F align 2MiB
A: read p[0:8]; write p[3] 33; read p[512:520]
mark
A: madvise p collapse -> EINVAL
expect khugepaged scan_pte_mapped_hugepage +1
expect khugepaged entries_fail +1
expect A: p[512] not large
A: read p[0:3]; read p[4]
expect A: p[0:3] large
expect A: p[3] = 33

# it is passed over if it is swapped out
A: madvise p[3] pageout
expect A: p[3] swapped
mark
A: madvise p collapse -> EINVAL
expect khugepaged scan_pte_mapped_hugepage +2
expect khugepaged entries_pte_non_present +1
expect khugepaged entries_succeed +1
A: read p[3] = 33

# a guard is passed over
A: g = mmap 4MiB rw shared file F align 2MiB
A: read g[0:8]; madvise g[5] guard_install
mark
A: madvise g collapse -> EINVAL
expect khugepaged scan_pte_mapped_hugepage +2
expect khugepaged entries_pte_non_present +1
expect A: ShmemPmdMapped(g) = 2MiB
A: madvise g[5] guard_remove
# holes are no obstacle
A: madvise g collapse
expect A: ShmemPmdMapped(g) = 4MiB
mark
A: madvise g collapse
expect khugepaged entries_pmd_mapped +2

# protection by userfaultfd, wherever it is in the mapping
G = memfd 4MiB
A: u = mmap 4MiB rw shared file G align 2MiB
A: read u[0:8]; read u[512:520]
A: uffd-register u wp
mark
A: madvise u collapse -> EINVAL
expect khugepaged scan_pte_mapped_hugepage +2
expect khugepaged entries_pte_uffd_wp +2
expect A: ShmemPmdMapped(u) = 0
A: read u[0:8]
expect A: u[0:8] large

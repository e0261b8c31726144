title   A breakpoint splits a huge mapping; when it and its copy are gone, the mapping is huge again
source  Linux 6.18, uprobe_write with FOLL_SPLIT_PMD, collapse_pte_mapped_thp
source  proposals.md: "uprobe unregister calls the PTE-mapped collapse directly"

F = memfd 4MiB
A = process
B = process
A: a = mmap 2MiB rw shared file F align 2MiB
B: b = mmap 2MiB rx private file F align 2MiB
B: d = mmap 4KiB rw private anon
A: write a[0:512] 1+
A: madvise a collapse
B: read b[0] = 1
expect B: ShmemPmdMapped(b) = 2048KiB
uprobe F[3]
expect B: ShmemPmdMapped(b) = 0KiB
expect B: b[3] anon
expect B: 1 of b present
B: read b[4:512] = 5+
B: madvise b collapse -> EINVAL
B: mlock d
uprobe-remove F[3]
uprobe F[3]
B: munlock d
uprobe-remove F[3]
expect B: ShmemPmdMapped(b) = 2048KiB
expect B: Anonymous(b) = 0KiB
B: read b[3] = 4

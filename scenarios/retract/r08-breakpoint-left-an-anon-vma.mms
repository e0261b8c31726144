title   R8: retraction leaves the page table of a mapping alone that had a breakpoint once; its own MADV_COLLAPSE still maps it huge
source  001_fd0419e3beafc014.txt: "any shmem vma that used to have uprobe/bp installed will have anon_vma set"; proposals.md R8
thp     khugepaged/max_ptes_none=511

F = memfd 2MiB
A = process
B = process
C = process
A: a = mmap 2MiB rw shared file F align 2MiB
B: b = mmap 2MiB rx private file F align 2MiB
B: d = mmap 4KiB rw private anon
A: write a 1+
# twice, with the per-CPU batches emptied after each, so that nothing refers to the copy when the breakpoint goes
uprobe F[3]
expect B: b[3] anon
B: mlock d
uprobe-remove F[3]
uprobe F[3]
B: munlock d
uprobe-remove F[3]
expect B: b[3] file
expect B: Anonymous(b) = 0KiB
# mapped only now, this one never had a breakpoint
C: c = mmap 2MiB rx private file F align 2MiB
B: read b = 1+
C: read c = 1+
A: madvise a collapse
expect A: a one folio
expect B: b empty
expect C: c empty
B: read b[0] = 1
C: read c[0] = 1
expect B: ShmemPmdMapped(b) = 0KiB
# to 6.5 MADV_COLLAPSE left other processes to khugepaged
expect unless collapse.retraction = retract/mmap-trylock: C: ShmemPmdMapped(c) = 2048KiB
# MADV_COLLAPSE deals with the mapping itself all the same
B: madvise b collapse
B: read b[5] = 6
expect B: ShmemPmdMapped(b) = 2048KiB

title   R8: retraction leaves the page table of a mapping alone that had a page of its own once, as a breakpoint leaves behind
source  001_fd0419e3beafc014.txt (uprobes); proposals.md R8
entries 8
thp     khugepaged/max_ptes_none=7

F = memfd 32KiB
A = process
B = process
C = process
A: a = mmap 32KiB rw shared file F align 32KiB
B: b = mmap 32KiB rw private file F align 32KiB
C: c = mmap 32KiB rw private file F align 32KiB
A: write a 1+
# what an uprobe does and undoes: a copy of the page in place of the file's, and the file's page again
B: write b[3] 99
B: madvise b[3] dontneed
B: read b[3] = 4
C: read c[3] = 4
A: madvise a collapse
expect A: a one folio
expect B: b empty
expect C: c empty
B: read b[0] = 1
C: read c[0] = 1
expect B: b not pmd-mapped
# to 6.5 MADV_COLLAPSE left other processes to khugepaged
expect unless collapse.retraction = retract/mmap-trylock: C: c present, pmd-mapped
# MADV_COLLAPSE deals with the mapping itself all the same
B: madvise b collapse
B: read b[5] = 6
expect B: b present, pmd-mapped

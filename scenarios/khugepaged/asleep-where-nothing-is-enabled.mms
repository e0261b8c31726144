title   khugepaged does nothing where no huge page is enabled
source  Linux 6.18, hugepage_pmd_enabled()
entries 8

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf 1+
A: madvise buf hugepage
mark
khugepaged
A: khugepaged
expect A: buf not pmd-mapped
expect vmstat thp_collapse_alloc +0
A: madvise buf collapse
expect A: buf pmd-mapped

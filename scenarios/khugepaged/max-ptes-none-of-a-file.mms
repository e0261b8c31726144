title   of shared memory, khugepaged wants all but max_ptes_none pages in the page cache, whoever has mapped them
source  Linux 6.18, hpage_collapse_scan_file(): present < HPAGE_PMD_NR - khugepaged_max_ptes_none
entries 8
thp     shmem_enabled=advise khugepaged/max_ptes_none=3

A = process
A: near = mmap 32KiB rw shared anon align 32KiB
A: far = mmap 32KiB rw shared anon align 32KiB
A: write near[0:4] 1+
B = fork A
B: write near[7] 8
A: write far[0:4] 1+
A: madvise near hugepage
A: madvise far hugepage
mark
A: khugepaged
expect vmstat thp_scan_exceed_none_pte +1
expect khugepaged scan_exceed_none_pte +1
# Nobody maps a huge folio yet that khugepaged has made of a file, the next access does.
expect A: near empty
expect A: far not one folio
A: read near[7] = 8
expect A: near one folio, pmd-mapped
B: read near[0] = 1
expect A: near[4:7] = 0

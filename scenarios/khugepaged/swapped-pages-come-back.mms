title   khugepaged brings in what is swapped out, of a range that is in use: half of its entries must be young
source  Linux 6.18, hpage_collapse_scan_pmd() and __collapse_huge_page_swapin()
entries 8
swap    256KiB
thp     32KiB=madvise khugepaged/max_ptes_swap=3

A = process
A: m = mmap 64KiB rw private anon align 32KiB
A: write m 1+
A: madvise m[0:3] pageout
A: madvise m[8:11] pageout
A: madvise m hugepage
# of the second range three of the five that are there are old
A: madvise m[11:14] cold
A: read m[3:8] = 4+
A: read m[14:16] = 15+
mark
A: khugepaged
expect A: m[0:8] pmd-mapped, one folio
expect A: m[8:11] swapped
expect A: m[8:16] not pmd-mapped
expect A: status VmSwap = 12KiB
expect vmstat thp_collapse_alloc +1
expect vmstat pswpin +3
expect vmstat thp_scan_exceed_swap_pte +0
A: read m[11:14] = 12+
A: khugepaged
expect A: m[8:16] pmd-mapped, one folio
A: read m = 1+

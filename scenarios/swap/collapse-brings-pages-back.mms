title   MADV_COLLAPSE brings swapped pages back first, however many they are
source  Linux 6.18, hpage_collapse_scan_pmd() and __collapse_huge_page_swapin(); transhuge.rst: max_ptes_swap binds khugepaged only
swap    64MiB

A = process
A: m = mmap 4MiB rw private anon align 2MiB
A: write m 1+
A: madvise m[0:300] pageout
A: madvise m[512:1024] pageout
expect A: m[0:300] swapped
expect A: m[512:1024] swapped
expect A: status VmSwap = 3248KiB
mark
A: madvise m[0:512] collapse
expect A: m[0:512] present, anon, one folio
expect A: m[0:512] = 1+
expect A: status VmSwap = 2MiB
expect vmstat thp_collapse_alloc +1
expect vmstat pswpin +300
expect khugepaged scan_succeed +1
expect vmstat pgmajfault +300
# not one page of the other range is in memory
mark
A: madvise m[512:1024] collapse
expect A: m[512:1024] present, anon, one folio, exclusive, writable
expect A: status VmSwap = 0
expect A: Rss(m) = 4MiB
expect vmstat pswpin +512
A: read m = 1+

title   By option, khugepaged collapses pieces to the sizes that are enabled where a range has too many holes for a huge page
source  khugepaged: mTHP support (Nico Pache, 2025); not in Linux 6.18, which collapses to huge pages only
thp     2MiB=madvise 256KiB=madvise 64KiB=madvise khugepaged/max_ptes_none=64 khugepaged/max_ptes_shared=511
policy  collapse.choice = choice/mainline orders=enabled

A = process
A: buf = mmap 2MiB rw private anon align 2MiB
A: madvise buf nohugepage
A: write buf[0:110] 1+
A: write buf[200:205] 201+
B = fork A
A: madvise buf hugepage
A: write buf[0:8] 400+
A: write buf[64:70] 500+
A: write buf[80] 600
mark
A: khugepaged
# 64 of 512 may be empty, so 8 of 64 and 2 of 16
expect A: buf[0:64] one folio, folio 256KiB
expect A: buf[64:80] one folio, folio 64KiB
expect A: buf[80:96] one folio, folio 64KiB
expect A: buf[96:112] one folio, folio 64KiB
expect A: buf[200:205] folio 4KiB
expect A: buf not pmd-mapped
expect A: Rss(buf) = 468KiB
expect vmstat thp_collapse_alloc +0
expect vmstat thp_scan_exceed_none_pte +1
A: read buf[0:8] = 400+
A: read buf[8:64] = 9+
A: read buf[64:70] = 500+
A: read buf[70:80] = 71+
A: read buf[80] = 600
A: read buf[81:110] = 82+
A: read buf[110:112] = 0
# the child keeps the old pages
expect B: buf[0] folio 4KiB
B: read buf[0:110] = 1+
A: write buf[3] 77
B: read buf[3] = 4
# nothing is left to do
A: khugepaged
expect A: buf[0:64] one folio, folio 256KiB
expect A: buf[200:205] folio 4KiB
# a huge page, once there is enough for one
A: write buf[110:480] 111+
A: khugepaged
expect A: buf one folio, pmd-mapped
A: read buf[81:200] = 82+
A: read buf[3] = 77

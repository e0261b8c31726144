title   MADV_PAGEOUT leaves pages alone that another process maps too, until it is gone
source  Linux 6.18, madvise_cold_or_pageout_pte_range
thp     64KiB=always
swap    64MiB

A = process
A: small = mmap 16KiB rw private anon
A: large = mmap 64KiB rw private anon align 64KiB
A: write small 1+
A: write large 1+
B = fork A
A: madvise small pageout
A: madvise large pageout
A: madvise large[0:4] pageout
expect A: small present
expect A: large present, one folio, order 4
B: exit
A: madvise small pageout
A: madvise large pageout
expect A: small swapped
expect A: large swapped
A: read large[15] = 16
expect A: large one folio

title   MADV_PAGEOUT splits a large folio even where there is no swap to write it to
source  000_6de04c10e0372cbb.txt, comment 6, of which this is the exception; Linux 6.18, madvise_cold_or_pageout_pte_range and shrink_folio_list
thp     64KiB=always

A = process
m = range 16 align 64KiB
half = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: madvise m pageout
expect A: m present, folio 4KiB
expect A: m = 1+
A: mmap half rw private anon
A: write half 1+
A: mlock half[8:16]
A: madvise half[0:8] pageout
expect A: half present, folio 4KiB
expect A: half[8:16] mlocked
expect A: half = 1+

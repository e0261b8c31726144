title   MADV_DONTNEED of all that a page table maps frees the table, where the kernel reclaims those
source  Linux 6.14, CONFIG_PT_RECLAIM; proposals.md 2.2

A = process
A: buf = mmap 4MiB rw private anon align 2MiB
A: write buf[0] 1
A: write buf[512] 1
mark
A: madvise buf[0:512] dontneed
expect if pt-reclaim = on: vmstat nr_page_table_pages -1
expect if pt-reclaim = off: vmstat nr_page_table_pages +0
A: madvise buf[512:600] dontneed
expect if pt-reclaim = on: vmstat nr_page_table_pages -1
A: write buf[0] 2
expect A: buf[0] = 2
expect A: 1 of buf present

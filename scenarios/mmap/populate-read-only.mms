title   MAP_POPULATE of a mapping that cannot be written maps the zero page
source  Linux 6.18, populate_vma_page_range

A = process
m = range 8
A: mmap m r private anon populate
expect A: m zero
expect A: Rss(m) = 0KiB

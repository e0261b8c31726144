title   MADV_POPULATE_READ of untouched memory maps the zero page
source  madvise(2)

A = process
m = range 8
A: mmap m rw private anon
A: madvise m[0:4] POPULATE_READ
expect A: m[0:4] zero
expect A: m[4:8] empty
expect A: Rss(m) = 0KiB

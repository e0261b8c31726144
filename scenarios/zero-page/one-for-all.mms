title   Reads of untouched memory map one page for all
source  Linux 6.18, do_anonymous_page

A = process
m = range 8
A: mmap m rw private anon
A: read m[0:4] = 0
expect A: m[0:4] present, zero
expect A: m[0] same page as m[3]
expect A: m[4:8] empty
expect A: Rss(m) = 0KiB

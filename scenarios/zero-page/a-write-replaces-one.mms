title   A write after a read replaces the page that was written, and no other
source  Linux 6.18, wp_page_copy

A = process
m = range 8
A: mmap m rw private anon
A: read m[0:4]
A: write m[2] 5
expect A: m[2] anon, not zero, mapped-once
expect A: m[0:2] zero
expect A: m[3] zero
expect A: m[2] = 5

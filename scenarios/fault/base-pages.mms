title   With huge pages off a write gets one page
source  Linux 6.18, do_anonymous_page

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m[5] 7
expect A: m[5] present, anon, mapped-once, folio 4KiB
expect 1 of m present

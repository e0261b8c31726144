title   An anonymous page appears at its first touch
source  Linux 6.18, do_anonymous_page

A = process
A: buf = mmap 4 rw private anon
expect A: buf empty
A: write buf[1] 7
expect A: buf[1] present, anon, mapped-once, folio 4KiB
expect A: buf[1] = 7
expect A: 1 of buf present
expect A: Rss(buf) = 4KiB

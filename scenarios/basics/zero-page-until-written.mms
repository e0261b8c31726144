title   A read maps the zero page, which costs nothing until it is written
source  Linux 6.18, do_anonymous_page and do_wp_page

A = process
A: buf = mmap 4 rw private anon
A: read buf = 0
expect A: buf zero
expect A: buf[0] same page as buf[3]
expect A: Rss(buf) = 0
A: write buf[2] 5
expect A: buf[2] anon, not zero
expect A: buf[2] = 5
expect A: 3 of buf zero

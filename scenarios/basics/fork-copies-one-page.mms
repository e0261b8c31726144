title   After fork, a write to a shared large folio copies one page
source  Linux 6.18, do_wp_page: one page whatever the folio's size
thp     64KiB=always

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
A: write buf 1+
expect A: buf order 4, one folio
B = fork A
expect A.buf same page as B.buf
expect A: buf mapcount 2
B: write buf[3] 100
expect if cow-sizing.copy = copy/one-page: A.buf[4] same page as B.buf[4]
expect A.buf[3] not same page as B.buf[3]
expect if cow-sizing.copy = copy/one-page: B: buf[3] folio 4KiB
expect A: buf = 1+
expect B: buf[3] = 100
expect B: buf[4] = 5

title   Two processes that each keep another half of a folio share it, though no page is mapped twice
source  002, how a folio's sharing was guessed before 6.15: by its first page
thp     64KiB=always

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
A: write buf 1
B = fork A
A: munmap buf[:8]
B: munmap buf[8:]
expect if mapcount.folio = mapcount/page-mapcount: violation scheme-misses-no-sharing
expect A.buf[8] same folio as B.buf[0]
expect A: buf[8:] mapcount 1
expect B: buf[:8] mapcount 1

title   watched memory is faulted in page by page, also where large folios are allowed
source  Linux 6.18, alloc_anon_folio; proposals.md 3.4
thp     64KiB=always

A = process
A: buf = mmap 256KiB rw private anon align 64KiB
A: uffd-register buf[0:16] wp
A: write buf[0] 1
A: write buf[16] 1
expect A: buf[1:16] empty
expect A: buf[16:32] folio 64KiB
A: uffd-close
A: write buf[32] 1
expect A: buf[32:48] folio 64KiB

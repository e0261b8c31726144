title   protecting one page of a huge page splits the mapping, not the folio
source  Linux 6.18, change_pmd_range
thp     2MiB=always

A = process
A: buf = mmap 2MiB rw private anon align 2MiB
A: uffd-register buf wp
A: write buf[0] 1
expect A: buf folio 2MiB
expect A: AnonHugePages(buf) = 2MiB
A: uffd-writeprotect buf
expect A: buf uffd-wp
expect A: AnonHugePages(buf) = 2MiB
A: write buf[5] 5 -> blocked
A: uffd-writeprotect buf off
A: finish buf[5]
A: uffd-writeprotect buf[7]
expect A: AnonHugePages(buf) = 0
expect A: buf one folio
expect A: buf[7] uffd-wp
expect A: buf[8:512] not uffd-wp
A: write buf[8] 8

title   munlock after a VMA split releases a large folio
source  Linux 6.18, mlock_pte_range
thp     64KiB=always

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
A: write buf 1
A: mlock buf
expect A: buf mlocked, one folio
expect A: Locked(buf) = 64KiB
expect vmstat nr_mlock +16
A: mprotect buf[0:8] r
expect A: vmas buf = r 8 locked, rw 8 locked
expect A: buf mlocked
A: munlock buf
expect A: buf not mlocked
expect A: Locked(buf) = 0
expect vmstat nr_mlock +0

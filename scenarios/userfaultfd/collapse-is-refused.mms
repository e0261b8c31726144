title   MADV_COLLAPSE refuses a range with a protected page, and one with holes that is watched
source  Linux 6.18, hpage_collapse_scan_pmd; real-kernel observations

A = process
A: buf = mmap 2MiB rw private anon align 2MiB
A: write buf 1+
A: uffd-register buf wp
A: uffd-writeprotect buf[7]
A: madvise buf collapse -> EINVAL
expect A: buf order 0
expect A: buf[7] uffd-wp
A: uffd-writeprotect buf[7] off
A: madvise buf[9:10] dontneed
A: madvise buf collapse -> EBUSY
A: write buf[9] 10
A: madvise buf collapse
expect A: buf folio 2MiB
expect A: buf = 1+

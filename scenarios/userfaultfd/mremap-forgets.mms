title   moved memory is not watched any more; what stays is
source  Linux 6.18, mremap_userfaultfd_prep without UFFD_FEATURE_EVENT_REMAP, move_ptes

A = process
A: buf = mmap 16 rw private anon
m = range 16
A: write buf[0:4] 1+
A: uffd-register buf wp
A: uffd-writeprotect buf
A: mremap buf[0:8] to m[0:8]
expect A: m[0:4] present, not uffd-wp
expect A: m[4:8] empty
expect A: buf[8:16] uffd-wp
A: write m[0] 10
expect A: m[0] = 10
A: mremap m[0:8] to buf[0:8]
expect A: vmas buf = 2

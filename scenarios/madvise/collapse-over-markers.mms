title   MADV_COLLAPSE ends at a guard, which cannot be brought in, and passes over pages that userfaultfd protects
source  Linux 6.18, __collapse_huge_page_swapin(), handle_pte_marker() and madvise_collapse(): SCAN_FAIL ends the call, SCAN_PTE_UFFD_WP does not
swap    64MiB

A = process
A: m = mmap 6MiB rw private anon align 2MiB
A: write m 1+
A: madvise m[7] guard_install
mark
A: madvise m collapse -> EINVAL
expect A: m[0:7] present, not large
expect A: m[512:1536] present, not large
expect vmstat thp_collapse_alloc +1
A: madvise m[7] guard_remove
A: madvise m[512:1536] collapse
expect A: m[512:1024] one folio

# a page that is protected, in memory or in swap
B = process
B: n = mmap 6MiB rw private anon align 2MiB
B: write n 1+
B: uffd-register n wp
B: uffd-writeprotect n[5]
B: uffd-writeprotect n[600]
B: madvise n[600] pageout
expect B: n[600] swapped, uffd-wp
mark
B: madvise n collapse -> EINVAL
expect B: n[0:512] not large
expect B: n[512:1024] not large
expect B: n[600] swapped, uffd-wp
expect B: n[1024:1536] one folio
expect vmstat thp_collapse_alloc +1
B: read n = 1+

title   A 2 MiB range over two VMAs is not collapsed
source  Linux 6.18, hugepage_vma_revalidate

A = process
m = range 2MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: mprotect m[0:256] r
A: madvise m COLLAPSE -> EINVAL
expect A: m[0] folio 4KiB

title   reclaim that splits a huge page and a zap of it leave each other's work whole
source  Linux 6.18, page_vma_mapped_walk() looks at a huge entry again under its lock; commit 732ed55823fc (5.13) for what goes wrong otherwise
entries 8
swap    256KiB
thp     32KiB=always

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf 1+

parallel
  task reclaimer in A: reclaim 8
  task zapper in A:    madvise buf dontneed
end

A: read buf = 0
A: write buf 1+
A: read buf = 1+

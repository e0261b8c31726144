title   a huge page that is split while somebody zaps it is not found mapped when its mappings are gone
source  Linux commit 732ed55823fc (5.13): the walk that unmaps takes the page-table lock where it sees an entry cleared; the zap has dropped the mapcount then
entries 8
thp     32KiB=always

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf 1+

parallel
  task splitter in A: madvise buf[0] cold
  task zapper in A:   madvise buf dontneed
end

expect if split-unmap-sync = off: counterexample exception
A: read buf = 0
A: write buf 1+
A: read buf = 1+

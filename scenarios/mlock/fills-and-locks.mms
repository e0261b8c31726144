title   mlock fills the range and marks its pages
source  mlock(2)

A = process
m = range 8
A: mmap m rw private anon
A: mlock m[0:4]
expect A: m[0:4] present, anon, mlocked
expect A: m[4:8] empty
expect A: Locked(m) = 16KiB
expect A: vmas m = 2
A: munlock m[0:4]
expect A: m[0:4] present, not mlocked
expect A: Locked(m) = 0KiB
expect A: vmas m = 1

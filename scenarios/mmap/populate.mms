title   MAP_POPULATE fills the mapping before it returns
source  mmap(2)

A = process
m = range 8
A: mmap m rw private anon populate
expect A: m present, anon, mapped-once
expect A: Rss(m) = 32KiB

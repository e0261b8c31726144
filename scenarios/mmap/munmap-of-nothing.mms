title   munmap of a hole succeeds, and of a range with holes too
source  munmap(2)

A = process
m = range 16
A: munmap m
A: mmap m[4:8] rw private anon
A: munmap m
expect A: vmas m = 0

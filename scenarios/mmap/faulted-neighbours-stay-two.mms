title   A gap between two separately faulted mappings is joined with the lower one only
source  Linux 6.18: the two have an anon_vma each, which cannot become one

A = process
m = range 16
A: mmap m[0:4] rw private anon
A: write m[0:4] 1
A: mmap m[8:12] rw private anon
A: write m[8:12] 2
A: mmap m[4:8] rw private anon
expect A: vmas m = rw 8, rw 4

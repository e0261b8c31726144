title   A child shares all pages; a write copies one
source  Linux 6.18, wp_page_copy

A = process
m = range 8
A: mmap m rw private anon
A: write m 1+
B = fork A
expect A: m mapcount 2, not mapped-once
expect B: m same page as A.m
B: write m[3] 99
expect B: m[3] mapped-once
expect A: m[3] mapped-once
expect A: m[3] not same page as B.m[3]
expect A: m[2] same page as B.m[2]
A: read m[3] = 4
B: read m[3] = 99

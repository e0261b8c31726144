title   Giving back write permission does not let a child write to shared pages
source  Linux 6.18, can_change_private_pte_writable

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
B = fork A
B: mprotect m r
B: mprotect m rw
expect B: m mapcount 2
B: write m[0] 9
A: read m[0] = 1
expect A: m[0] mapped-once

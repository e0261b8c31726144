title   A grandchild shares with both
source  fork(2)

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
B = fork A
C = fork B
expect A: m mapcount 3
B: write m[0] 9
expect A: m[0] mapcount 2
expect C: m[0] same page as A.m[0]
C: read m[0] = 1
B: exit
expect A: m[0] mapcount 2
C: exit
expect A: m mapped-once

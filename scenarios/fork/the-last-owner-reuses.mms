title   After the child's exit its parent writes in place
source  Linux 6.18, wp_can_reuse_anon_folio

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
B = fork A
B: exit
expect A: m mapped-once
A: write m[0] 50
A: read m[0] = 50
A: read m[1] = 2
expect A: m mapped-once

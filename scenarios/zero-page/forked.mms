title   A child shares the zero page without being counted
source  Linux 6.18, copy_present_pte

A = process
m = range 4
A: mmap m rw private anon
A: write m[0] 1
A: read m[1:4]
B = fork A
expect B: m[1:4] zero
expect B: m[0] mapcount 2
B: write m[1] 8
A: read m[1] = 0
expect A: m[1] zero

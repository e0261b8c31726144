title   A swap entry remembers that its page was exclusive, until fork
source  002_b12750ce76c3af3d.txt: "Semantics of PG_anon_exclusive are \"exclusive\" vs. \"maybe shared\""; the bit in swap entries
swap    64MiB

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
A: madvise m pageout
expect A: m swapped
A: read m[0] = 1
expect A: m[0] exclusive
B = fork A
expect A: m[1:] swapped
A: read m[1] = 2
expect A: m[1] not exclusive
A: write m[1] 99
B: read m[1] = 2
B: write m[2] 98
A: read m[2] = 3

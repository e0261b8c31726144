title   A large folio is reused page by page after the child's exit
source  002_b12750ce76c3af3d.txt; mainline since 6.15
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
B: exit
A: write m 21+
expect A: m one folio, mapped-once, folio 64KiB
A: read m[15] = 36

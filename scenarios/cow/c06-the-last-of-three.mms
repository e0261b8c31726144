title   Two children end, the parent alone is left: it reuses
source  002_b12750ce76c3af3d.txt: "we must only go back to \"exclusive\" (set the flag) if we are sure that there are no other references to the page"
thp     64KiB=always

P = process
m = range 16 align 64KiB
P: mmap m rw private anon
P: write m 1+
A = fork P
B = fork P
A: exit
B: exit
expect P: m mapcount 1
P: write m[3] 99
expect unless cow-sizing.reuse = reuse/never-large: P: m one folio
expect if cow-sizing.reuse = reuse/never-large and cow-sizing.copy = copy/one-page: P: m[3] folio 4KiB
P: write m[3:] 100+
P: read m[2] = 3

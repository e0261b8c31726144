title   A plain reference that nobody can explain forbids reuse: the pipe keeps what it was given
source  002_b12750ce76c3af3d.txt: "we must only go back to \"exclusive\" (set the flag) if we are sure that there are no other references to the page"
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
B: R = vmsplice m[3]
B: munmap m
A: write m[3] 99
B: pipe read R[0] = 4
A: read m[3] = 99

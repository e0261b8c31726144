title   A pinned page that mremap moved is still the same page, exclusive, and no neighbour's copy takes it along
source  002_b12750ce76c3af3d.txt: "mostly focuses on ordinary base pages ... MADV_DONTFORK ... and partial mremap tests"
thp     64KiB=always

A = process
m = range 16 align 64KiB
x = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: P = pin m[5] writable longterm
A: mremap m[4:8] to x[4:8]
A: write x[5] 55
A: device read P[0] = 55
B = fork A
A: write x[4] 44
A: write x[5] 56
A: device read P[0] = 56
B: read x[5] = 55
B: read m[0] = 1
A: unpin P

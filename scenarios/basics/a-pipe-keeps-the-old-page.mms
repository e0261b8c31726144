title   A plain reference does not keep fork from sharing: the pipe keeps what it saw
source  Linux 6.18, do_wp_page; vmsplice(2)

A = process
A: buf = mmap 1 rw private anon
A: write buf 1
A: R = vmsplice buf
B = fork A
A: write buf 2
A: pipe read R[0] = 1
B: read buf = 1
A: pipe close R

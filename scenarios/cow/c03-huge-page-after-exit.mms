title   A PMD-mapped folio is reused whole after fork and exit, by every policy
source  002_b12750ce76c3af3d.txt: "For THP, which are usually PMD-mapped even after fork()+exit, we didn't add this optimization"
thp     2MiB=always

A = process
m = range 512 align 2MiB
A: mmap m rw private anon
A: write m[0] 1
B = fork A
B: exit
mark
A: write m[0:16] 2+
expect vmstat pgfault +1
expect A: m one folio, pmd-mapped, exclusive

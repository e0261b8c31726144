title   A write to a shared large folio copies one base page
source  002_b12750ce76c3af3d.txt: mainline never copies more than the page written to
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
B = fork A
expect A: m mapcount 2, one folio
B: write m[3] 99
expect B: m[3] folio 4KiB, mapped-once
expect B: m[4] folio 64KiB, mapcount 2
expect A: m one folio
expect A: m[3] mapped-once
expect A: m[4] mapcount 2

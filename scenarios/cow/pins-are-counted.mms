title   Pins are counted by pages; a writable entry is pinned as it is
source  002_b12750ce76c3af3d.txt: "If GUP finds a writeable PTE, it assumes that this page cannot randomly be replaced by core MM due to COW ... GUP can simply go ahead and pin the page"
source  Linux 6.18, nr_foll_pin_acquired and nr_foll_pin_released

A = process
A: buf = mmap 16KiB rw private anon
A: write buf 1+
mark
A: P = pin buf writable longterm
expect vmstat nr_foll_pin_acquired +4
expect vmstat nr_foll_pin_released +0
expect vmstat pgfault +0
A: Q = pin buf[1] writable longterm
expect vmstat nr_foll_pin_acquired +5
A: unpin P
expect vmstat nr_foll_pin_released +4
A: unpin Q
expect vmstat nr_foll_pin_released +5

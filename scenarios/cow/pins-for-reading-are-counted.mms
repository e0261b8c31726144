title   An exclusive page is pinned for reading as it is; one that may be shared is unshared first, by a fault
source  002_b12750ce76c3af3d.txt: "If GUP finds a read-only PTE pointing at an exclusive subpage, it assumes that this page cannot randomly be replaced ... So it can go ahead and pin the page"
source  Linux 6.18, nr_foll_pin_acquired and nr_foll_pin_released

A = process
A: buf = mmap 8KiB rw private anon
A: write buf 1+
A: mprotect buf r
mark
A: P = pin buf read-only longterm
expect A: buf exclusive, not writable
expect vmstat nr_foll_pin_acquired +2
expect vmstat pgfault +0
A: unpin P
expect vmstat nr_foll_pin_released +2
B = fork A
mark
B: Q = pin buf[1] read-only longterm
expect B: buf[1] exclusive, not writable
expect B.buf[1] not same page as A.buf[1]
# The attempt without locks takes the page, finds that it may be shared, and gives it back; the one with locks is the second.
expect vmstat nr_foll_pin_acquired +2
expect vmstat nr_foll_pin_released +1
B: device read Q[0] = 2
B: unpin Q
expect vmstat nr_foll_pin_released +2

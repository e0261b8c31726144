title   When the child is gone, the parent writes in place
source  Linux 6.18, wp_can_reuse_anon_folio
thp     64KiB=always

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
A: write buf 1
B = fork A
B: exit
mark
A: write buf 2
expect A: buf one folio
expect A: buf = 2
expect A: buf exclusive

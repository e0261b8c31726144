title   Mappings of a file merge when the offset goes on, and not when it does not
source  Linux 6.18, can_vma_merge_after

A = process
F = file 16
m = range 16
A: mmap m[0:4] r private file F
A: mmap m[4:8] r private file F offset 16KiB
expect A: vmas m = r 8
A: mmap m[8:12] r private file F
expect A: vmas m = r 8, r 4

title   Two shared anonymous mappings are two files and never merge
source  Linux 6.18, shmem_zero_setup

A = process
m = range 8
A: mmap m[0:4] rw shared anon
A: mmap m[4:8] rw shared anon
expect A: vmas m = 2

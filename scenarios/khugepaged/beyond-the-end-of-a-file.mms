title   a range that reaches beyond the end of a memfd is collapsed all the same
source  Linux 6.18, collapse_file() looks for the end of files that are not shmem; found by fuzzing against the kernel
thp     enabled=always

A = process
F = memfd 556 pages
m = range 4MiB align 2MiB
A: mmap m rw shared file F
A: madvise m[512:1024] collapse
expect A: m[512] order 9

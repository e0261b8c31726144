title   Locked memory cannot be paged out; munlock lets it go
source  Linux 6.18, madvise_pageout: EINVAL for VM_LOCKED
thp     64KiB=always
swap    64MiB

A = process
A: m = mmap 64KiB rw private anon align 64KiB
A: write m 1+
A: mlock m[0:8]
A: madvise m[0:8] pageout -> EINVAL
A: madvise m pageout -> EINVAL
expect A: m present
A: munlock m[0:8]
A: madvise m pageout
expect A: m swapped
A: read m[0] = 1

title   MADV_REMOVE punches a hole into what is mapped shared, and refuses the rest
source  Linux 6.18, madvise_remove()

A = process
F = memfd 8 pages
A: buf = mmap 8 pages rw shared file F
A: write buf 10+
A: madvise buf[2:4] remove
expect A: buf[2:4] empty
A: read buf[2] = 0
A: read buf[4] = 14
A: sh = mmap 4 pages rw shared anon
A: write sh 1+
A: madvise sh[0:2] remove
A: read sh[0] = 0
A: read sh[2] = 3
A: own = mmap 4 pages rw private file F
A: madvise own remove -> EACCES
A: priv = mmap 4 pages rw private anon
A: madvise priv remove -> EINVAL
A: mlock buf[4:8]
A: madvise buf[4:6] remove -> EINVAL
A: read buf[4] = 14
# read-only, but it could be made writable
A: ro = mmap 8 pages r shared file F
A: madvise ro[5] remove
A: read buf[5] = 0
expect A: buf[5] mlocked

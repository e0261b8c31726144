title   a file on a disk is cut as shared memory is
source  Linux 6.18, truncate_pagecache() and truncate_pagecache_range()

A = process
F = file 8 pages
A: buf = mmap 8 pages rw shared file F
A: own = mmap 8 pages rw private file F
A: write own[1] 11
A: write own[6] 66
A: write buf[2] 2
A: punch-hole F[1:3]
A: read own[1] = 11
A: read buf[1] = 0
A: read buf[2] = 0
A: truncate F 4 pages
A: read buf[3] = 4294967300
A: read own[6] -> SIGBUS
A: read buf[4] -> SIGBUS
A: truncate F 8 pages
A: read own[6] = 0
A: read buf[5] = 0

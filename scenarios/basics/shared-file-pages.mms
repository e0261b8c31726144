title   Shared mappings of a file see each other's writes, private ones keep their own
source  mmap(2)

F = file 8
A = process
A: all = mmap 8 rw shared file F
A: own = mmap 4 rw private file F offset 4
B = fork A
A: read all[0] = 0x100000001
A: write all[4] 55
expect A: all[4] file
B: read own[0] = 55
B: write own[0] 66
expect B: own[0] anon
expect B: own[0] = 66
A: read all[4] = 55
B: read all[4] = 55
B: own8 = mmap 1 r shared file F offset 8
B: read own8 -> SIGBUS

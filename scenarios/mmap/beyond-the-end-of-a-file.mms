title   An access beyond the end of a file raises SIGBUS
source  mmap(2)

A = process
F = file 4
m = range 8
A: mmap m r private file F
A: read m[3]
A: read m[4] -> SIGBUS

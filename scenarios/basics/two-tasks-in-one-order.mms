title   A schedule states in which order tasks do their operations
source  docs/scenarios.md

A = process
A: buf = mmap 4 rw shared anon
B = fork A
parallel
  task A: write buf[0] 1; write buf[0] 2
  task B: read buf[0] = 1
end
schedule A B A
expect A: buf[0] = 2
expect A.buf[0] same page as B.buf[0]

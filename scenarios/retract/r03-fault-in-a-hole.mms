title   R3: whoever faults in a hole of the range that is collapsed waits, and finds the huge folio or its own page
source  001_fd0419e3beafc014.txt: "page locks (with XA_RETRY_ENTRYs in holes) prevented establishing new ptes of the page"
entries 8

A = process
A: buf = mmap 32KiB rw shared anon align 32KiB
A: write buf[0] 1
B = fork A
B: read buf[0] = 1

parallel
  task collapser in A: madvise buf collapse -> any
  task writer in B:    write buf[7] 99
end

A: read buf[7] = 99
A: read buf[6] = 0
B: read buf[0] = 1
expect A.buf[7] same page as B.buf[7]

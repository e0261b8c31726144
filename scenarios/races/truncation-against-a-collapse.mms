title   a file is cut while a block of it is collapsed: what was cut off does not come back
source  Linux 6.18, collapse_file(): a folio that left the page cache before it was locked ends it with SCAN_TRUNCATED
entries 8
A = process
F = memfd 8 pages
buf = range 8 pages align 8 pages
A: mmap buf rw shared file F
A: punch-hole F[1:7]
A: write buf[7] 8
B = fork A
parallel
  task A: truncate F 4 pages
  task B: madvise buf collapse -> any
end
# A huge page that a collapse made after the cut reaches beyond the end, and shows what is there: nothing.
A: read buf[7] -> any
A: truncate F 8 pages
A: read buf[7] = 0

title   a fault races with the end of the file
source  Linux 6.18, shmem_setattr(), shmem_get_folio_gfp() looks at the size again under the folio lock
entries 8
A = process
F = memfd 4 pages
A: buf = mmap 4 pages rw shared file F
A: own = mmap 4 pages rw private file F
A: write own[3] 5
B = fork A
parallel
  task A: truncate F 2 pages
  task B: write buf[3] 9 -> any; write own[3] 7 -> any
end
expect A: buf[2:4] empty

title   a first touch that makes a huge page races with the end of the file
source  Linux 6.18, shmem_get_folio_gfp() looks at the size again before it hands out a new folio
entries 8
thp     shmem_enabled=always
A = process
A: small = mmap 4KiB rw private anon
F = memfd 8 pages
buf = range 8 pages align 8 pages
A: mmap buf rw shared file F
A: punch-hole F[0:8]
B = fork A
parallel
  task A: truncate F 2 pages
  task B: write buf[5] 9 -> any; write buf[1] 3
end
A: read buf[1] = 3
A: truncate F 8 pages
A: read buf[5] = 0

title   a fault in a hole that is being punched waits for the hole, and sees it
source  Linux 6.18, shmem_fallocate() announces the range in inode->i_private, shmem_falloc_wait(); CVE-2014-4171
entries 8
A = process
F = memfd 4 pages
A: buf = mmap 4 pages rw shared file F
A: write buf 1+
B = fork A
parallel
  task A: punch-hole F[1:3]
  task B: write buf[2] 7
end
A: read buf[0] = 1
A: read buf[1] = 0
A: read buf[3] = 4

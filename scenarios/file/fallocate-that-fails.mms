title   a fallocate that fails takes back what it gave, keeps what was given before, and the file does not grow
source  Linux 6.18, shmem_fallocate(): what is not up to date was given by this call, since it fills what was given before
A = process
F = memfd 4 pages
buf = range 16 pages
A: mmap buf rw shared file F
A: fallocate F[4:6]
mark
fail order 0 after 2 times 1
A: fallocate F[2:12] -> ENOMEM
expect vmstat nr_shmem +0
A: read buf[5] = 0
A: write buf[6] 1 -> SIGBUS
A: fallocate F[2:12]
expect vmstat nr_shmem +6
A: write buf[6] 1

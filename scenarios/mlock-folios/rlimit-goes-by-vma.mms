title   RLIMIT_MEMLOCK counts what VMAs lock, whatever folios lie there
source  000_6de04c10e0372cbb.txt, cover letter: RLIMIT_MEMLOCK statistics are not related to the pages underneath
thp     64KiB=always 2MiB=always
unprivileged

A = process
m = range 2MiB align 2MiB
s = range 32 align 64KiB
A: limit memlock 96KiB
A: mmap m rw private anon
A: write m 1
A: mmap s rw private anon
A: write s 1
A: mlock m[0:8]
A: mlock s[4:12]
expect A: status VmLck = 64KiB
A: mlock s -> ENOMEM
expect A: status VmLck = 64KiB
A: mlock s[0:8]
A: mlock s[12:16]
expect A: status VmLck = 96KiB
A: mlock s[16] -> ENOMEM
A: munlock m[4:8]
A: mlock s[16:20]
expect A: status VmLck = 96KiB

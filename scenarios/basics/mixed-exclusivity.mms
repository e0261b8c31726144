title   A folio that is half shared and half exclusive: a write copies no page that is exclusive
source  002, the rules for any COW policy
thp     64KiB=always

A = process
A: buf = mmap 64KiB rw private anon align 64KiB
A: write buf 1
A: madvise buf[8:] dontfork
B = fork A
A: write buf[0] 2
expect A: buf[1:] = 1
expect if cow-sizing.copy = copy/one-page: A: buf[8:] exclusive
B: exit
A: write buf 3
expect A: buf = 3

title   A removed breakpoint leaves its copy behind as long as a batch of pages on their way to an LRU list refers to it
source  Linux 6.18, __uprobe_write, folio_mark_accessed; seen on a real 6.18 kernel

F = memfd 32KiB
A = process
A: p = mmap 32KiB r private file F
A: d = mmap 4KiB rw private anon
A: read p = 0x100000001+
uprobe F[3]
uprobe-remove F[3]
# looking at the page made its folio active, and a batch that activates refers to it
expect A: p[3] anon
A: mlock d
A: munlock d
uprobe F[3]
expect A: p[3] anon
A: mlock d
A: munlock d
uprobe-remove F[3]
expect A: p[3] file, present
A: read p[3] = 0x100000004
expect A: p[3] file
B = fork A
uprobe F[5]
A: mlock d
A: munlock d
# a page that fork made shared must be made exclusive first; the batch that activates it is in the way, and it is copied
C = fork A
expect A.p[5] same page as C.p[5]
C: exit
uprobe-remove F[5]
expect A: p[5] anon
uprobe F[6]
A: mlock d
A: munlock d
D = fork A
uprobe-remove F[6]
expect A: p[6] anon
expect D: p[6] anon
expect A.p[6] not same page as D.p[6]
A: uprobe F[8] -> EINVAL
A: uprobe-remove F[7] -> ENOENT

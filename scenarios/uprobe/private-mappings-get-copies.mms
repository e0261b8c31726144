title   a breakpoint gives every private mapping that is not writable a page of its own
source  Linux 6.18, uprobe_register, uprobe_mmap, valid_vma

F = memfd 32KiB
A = process
B = process
A: s = mmap 32KiB rw shared file F
A: w = mmap 32KiB rw private file F
A: p = mmap 32KiB r private file F
B: x = mmap 32KiB rx private file F
A: read s = 0x100000001+
A: read w = 0x100000001+
A: read p = 0x100000001+
uprobe F[3]
expect A: s[3] file, mapcount 2
expect A: w[3] file
expect A: p[3] anon, mapped-once
expect A: p[2] file
expect A.p[3] not same page as B.x[3]
expect B: x[3] present, anon
expect B: 1 of x present
expect A: Anonymous(p) = 4KiB
expect A: p[3] = 0x100000004
A: write s[3] 40
expect A: p[3] = 0x100000004
A: write p[3] 1 -> SIGSEGV
# a mapping that is made later has its page at once
B: y = mmap 32KiB r private file F
expect B: 1 of y present
expect B: y[3] anon
expect B: y[3] = 40
B: madvise y dontneed
expect B: y empty
B: read y[3] = 40
expect B: y[3] file
# an edge makes them look again
B: mprotect y[7] none
expect B: y[3] anon

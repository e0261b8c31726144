title   a read-only long-term pin in a private mapping of a huge page of shared memory gets a page of its own
source  Linux 6.18, gup_must_unshare(), wp_huge_pmd()

A = process
F = memfd 2MiB
all = range 2MiB align 2MiB
A: mmap all rw shared file F
A: write all 1+
A: madvise all collapse
own = range 2MiB align 2MiB
A: mmap own rw private file F
A: read own[3] = 4
expect A: own pmd-mapped
A: P = pin own[3] read-only longterm
expect A: own[3] anon, order 0
A: write own[3] 9
A: device read P[0] = 9
A: read all[3] = 4

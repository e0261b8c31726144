title   A mapping with an anon_vma merges with its neighbour without one, and then the whole block can be mapped huge
source  001_fd0419e3beafc014.txt: "one vma with anon_vma set could be merged with adjacent vma before or after without anon_vma set"; "And once vmas are merged, so that the whole of the huge page falls within a single vma, khugepaged can consider it, and do collapse_pte_mapped_thp() on it"

F = memfd 2MiB
A = process
B = process
a = range 2MiB align 2MiB
b = range 2MiB align 2MiB
A: mmap a rw shared file F
B: mmap b rw private file F
A: write a[0:512] 1+
# only the first half gets an anon_vma
B: mprotect b[256:512] r
B: write b[7] 99
B: madvise b[7] dontneed
B: read b[0:512] = 1+
expect B: vmas b = rw 256, r 256
A: madvise a collapse
expect A: ShmemPmdMapped(a) = 2048KiB
B: read b[7] = 8
expect B: ShmemPmdMapped(b) = 0KiB
# neither part holds the block
B: madvise b collapse -> EINVAL
B: mprotect b[256:512] rw
expect B: vmas b = rw 512
B: madvise b collapse
expect B: ShmemPmdMapped(b) = 2048KiB

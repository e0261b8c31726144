title   R10: a copy on write between the two passes over a page table keeps its page, and what was cleared comes back
source  Linux 6.18, try_collapse_pte_mapped_thp(): the second pass stops at what is not the huge folio's
entries 8

F = memfd 32KiB
A = process
B = process
a = range 32KiB align 32KiB
A: mmap a rw shared file F
b = range 32KiB align 32KiB
B: mmap b rw private file F
A: write a 1+
A: madvise a collapse
B: read b = 1+

parallel
  task collapser in B: madvise b collapse -> any
  task writer in B:    write b[3] 50
end

B: read b[0:3] = 1+
B: read b[3] = 50
B: read b[4:8] = 5+
A: read a = 1+

title   A breakpoint's copy that is put into a page table while that table is taken away stays
source  001_fd0419e3beafc014.txt (uprobes, page locks); Linux 6.18, uprobe_write
# Not even a policy that looks at the anon_vma without a lock loses it, as it does that of UFFDIO_COPY (R2): a breakpoint's page is copied from the
# file's, mapped before the collapse or locked by it until the tables are gone.
entries 8

F = memfd 32KiB
A = process
B = process
A: a = mmap 32KiB rw shared file F align 32KiB
B: b = mmap 32KiB r private file F align 32KiB
A: write a 1+
B: read b = 1+

parallel
  task collapser in A: madvise a collapse -> any
  task tracer in B:    uprobe F[3] -> any
end

expect B: b[3] present, anon
B: read b[3] = 4
B: read b[4] = 5

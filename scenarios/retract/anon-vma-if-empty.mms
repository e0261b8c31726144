title   A retraction that looks into the tables of mappings with an anon_vma takes the empty ones too
source  001_fd0419e3beafc014.txt, the comment that the patch removes: "An alternative would be drop the check, but check that page table is clear"
entries 8
thp     khugepaged/max_ptes_none=7
policy  collapse.retraction = retract/mainline anon-vma=if-empty

F = memfd 32KiB
A = process
never = process
once = process
now = process
A: a = mmap 32KiB rw shared file F align 32KiB
never: n = mmap 32KiB rw private file F align 32KiB
once: o = mmap 32KiB rw private file F align 32KiB
now: w = mmap 32KiB rw private file F align 32KiB
A: write a 1+
never: read n = 1+
# written and dropped again, as a breakpoint is set and removed
once: write o[3] 99
once: madvise o[3] dontneed
once: read o = 1+
# written, and still there
now: read w = 1+
now: write w[3] 99

A: madvise a collapse
expect A: a one folio
expect never: n empty
expect once: o empty
expect now: w[3] present
# never written: the table went, so that the next access maps the huge folio whole
never: read n[0] = 1
expect never: n present, pmd-mapped
# written once: nothing is in the table, so that it went, too
once: read o[0] = 1
expect once: o present, pmd-mapped
# written: the page is there, and only there
now: read w[3] = 99
now: read w[4] = 5
expect now: w not pmd-mapped
expect once: o present, pmd-mapped
now: madvise w collapse -> EINVAL
now: read w[3] = 99

title   What a retraction skips: a mapping that has an anon_vma, whether or not it still has pages of its own
source  001_fd0419e3beafc014.txt: "It's just a heuristic in retract_page_tables(), when it chooses to skip the anon_vma'ed areas as often not worth bothering with"

F = memfd 2MiB
A = process
never = process
once = process
now = process
A: a = mmap 2MiB rw shared file F align 2MiB
once: o = mmap 2MiB rx private file F align 2MiB
now: w = mmap 2MiB rw private file F align 2MiB
A: write a 1+
# a breakpoint was set and removed, and its copy is gone
uprobe F[3]
uprobe-remove F[3]
once: madvise o[3] dontneed
never: n = mmap 2MiB rx private file F align 2MiB
never: read n = 1+
once: read o = 1+
# written, and still there
now: read w = 1+
now: write w[3] 99

A: madvise a collapse
expect A: a one folio
expect never: n empty
expect once: o empty
expect now: w[3] present
# never had one: the table went, so that the next access maps the huge folio whole (to 6.5 MADV_COLLAPSE left others to khugepaged)
never: read n[0] = 1
expect unless collapse.retraction = retract/mmap-trylock: never: ShmemPmdMapped(n) = 2048KiB
# had one once: the table stayed though nothing was in it, and is used again
once: read o[0] = 1
expect once: ShmemPmdMapped(o) = 0KiB
# written: the page is there, and only there
now: read w[3] = 99
now: read w[4] = 5
expect now: ShmemPmdMapped(w) = 0KiB
# "but it does not stop collapse_pte_mapped_thp(), and MADV_COLLAPSE works on anon_vma'ed areas too"
once: madvise o collapse
expect once: ShmemPmdMapped(o) = 2048KiB
# where a page of its own is, the huge folio cannot be mapped
now: madvise w collapse -> EINVAL
now: read w[3] = 99

title   After a write beyond the end of a file has failed, fork copies the entries of a private mapping
source  Linux 6.18, do_cow_fault() and vma_needs_copy(); found by fuzzing against the kernel

A = process
F = memfd 8 pages

# Nobody has written: the child finds the pages by faults of its own.
A: clean = mmap 10 pages rw private file F
A: read clean[0]
# The write prepares an anon_vma, and only then learns that there is no such page.
A: tried = mmap 10 pages rw private file F
A: read tried[0]
A: write tried[9] 41 -> SIGBUS

B = fork A
expect B: clean[0] not present
expect B: tried[0] present

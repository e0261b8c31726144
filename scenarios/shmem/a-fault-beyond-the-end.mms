title   a fault beyond the end of a file maps its last huge page if fault-around begins before the end, and else nothing
source  Linux 6.18, next_uptodate_folio(): a window that begins beyond the end has no folio

A = process
F = memfd 259 pages
m = range 2MiB align 2MiB
A: mmap m rw shared file F
A: madvise m collapse
A: madvise m[0] guard_install
expect A: m[1:] empty
A: read m[277] -> SIGBUS
expect A: m[1:] empty
# This window begins before the end: the huge page is mapped whole, and what is beyond the end can be read.
A: read m[265]
expect A: m[1:] file, one folio, order 9

title   MADV_POPULATE_WRITE makes pages dirty that are mapped already, so that they cannot be dropped as if nobody had written to them
source  Linux 6.18, follow_page_pte(): FOLL_TOUCH with FOLL_WRITE

A = process
A: m = mmap 64KiB rw shared anon align 64KiB
A: read m[0:2]
A: madvise m[1] populate_write
# the one that was only read is clean and is dropped; the other one is unmapped, and stays cached
A: madvise m[0:2] pageout
expect A: m[0:2] empty
A: read m[12]
expect A: m[0] empty
expect A: m[1] present

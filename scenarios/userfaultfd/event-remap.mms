title   Moved memory stays watched if the handler is told of moves: protection and markers go along
source  Linux 6.18, mremap_userfaultfd_prep with UFFD_FEATURE_EVENT_REMAP

A = process
A: buf = mmap 16 rw private anon
m = range 16
A: write buf[0:4] 1+
A: uffd-open wp-unpopulated event-remap event-unmap
A: uffd-register buf missing wp
A: uffd-writeprotect buf[0:8]
A: mremap buf[0:8] to m[0:8]
A: uffd-read event-remap buf[0:8] to m[0:8]
# the old place is unmapped
A: uffd-read event-unmap buf[0:8]
expect A: m[0:8] uffd-wp
expect A: m[0:4] present
A: write m[0] 10 -> blocked
A: uffd-writeprotect m off
A: finish m[0]
expect A: m[0] = 10
A: read m[6] -> blocked
A: uffd-copy m[6] 60
A: finish m[6] = 60
# what the old mapping left behind is as it was
A: read buf[9] -> blocked
A: uffd-zeropage buf[9]
A: finish buf[9] = 0
A: munmap m[2:4]
A: uffd-read event-unmap m[2:4]
A: mmap m[0] rw private anon
A: uffd-read event-unmap m[0]
A: read m[0] = 0

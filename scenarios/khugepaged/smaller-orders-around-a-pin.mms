title   By option, MADV_COLLAPSE collapses what is around a pinned page, and still says that the range is not huge
source  khugepaged: mTHP support (Nico Pache, 2025), extended to MADV_COLLAPSE; Linux 6.18 leaves all of it
thp     2MiB=madvise
policy  collapse.choice = choice/mainline orders=enabled

A = process
A: buf = mmap 2MiB rw private anon align 2MiB
A: write buf[0:512] 1+
A: P = pin buf[300] writable longterm
A: madvise buf collapse -> EAGAIN
expect A: buf[0:256] one folio, folio 1024KiB
expect A: buf[256:288] one folio, folio 128KiB
expect A: buf[288:296] one folio, folio 32KiB
expect A: buf[296:300] one folio, folio 16KiB
expect A: buf[300:304] folio 4KiB
expect A: buf[304:320] one folio, folio 64KiB
expect A: buf[320:384] one folio, folio 256KiB
expect A: buf[384:512] one folio, folio 512KiB
A: device write P[0] 999
A: read buf[300] = 999
A: read buf[0:300] = 1+
A: read buf[301:512] = 302+

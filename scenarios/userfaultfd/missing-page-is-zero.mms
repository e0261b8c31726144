title   UFFDIO_ZEROPAGE maps the zero page, and a store that waited copies it
source  Linux 6.18, mfill_atomic_pte_zeropage

A = process
A: buf = mmap 8 rw private anon
A: uffd-register buf missing
A: read buf[0] -> blocked
A: write buf[1] 5 -> blocked
A: uffd-zeropage buf
A: finish buf[0] = 0
A: finish buf[1]
expect A: buf[0] zero
expect A: buf[1] anon
expect A: buf[2:8] zero
expect A: buf[1] = 5
A: uffd-zeropage buf[0] -> EEXIST

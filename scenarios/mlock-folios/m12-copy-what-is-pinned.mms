title   M12: where the split fails, copying a pinned page takes it from the device
source  000_6de04c10e0372cbb.txt, comment 9: allocate memory and copy to the new mlocked VMA
source  000_6de04c10e0372cbb.txt, comment 17: the data in the new page can be corrupted, if DMA goes on
source  000_6de04c10e0372cbb.txt, comment 18: only pages that may be shared may be replaced
thp     64KiB=always

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1
A: P = pin m[0:4] writable longterm
A: mlock m[0:8]
expect if folio-split.boundary = boundary/split-or-copy-unchecked and folio-split.pin = pin/keep: violation pinned-page-stays-mapped
expect if folio-split.pin = pin/keep: m one folio
A: device write P[0] 9
A: read m[0] = 9

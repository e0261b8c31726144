title   M11: a folio that lies in two page tables is not mlocked, because no one lock covers it
source  mlock: large folio across page tables, 6.7 (Ryan Roberts)
thp     64KiB=always

A = process
m = range 16 align 64KiB
high = range 4MiB align 2MiB
A: mmap m rw private anon
A: write m 1
A: mremap m to high[504:520]
expect A: high[504:520] one folio
A: mlock high[504:520]
expect if folio-split.mlock = mlock/mainline-6.18: high[504:520] not mlocked
expect if folio-split.mlock = mlock/mainline-6.7: high[504:520] not mlocked
expect if folio-split.mlock = mlock/in-vma: high[504:520] mlocked
expect A: Locked(high) = 64KiB

title   A long-term pin of a part of a folio holds all of it hostage, or splits it first
source  000_6de04c10e0372cbb.txt, comment 5: something like a long-term pin should split a folio; otherwise we condemn the rest of it to be pinned
source  000_6de04c10e0372cbb.txt, comment 4: that would probably never be accepted, because databases and VMs rely on THP and on pins
thp     64KiB=always
swap    1MiB

A = process
m = range 16 align 64KiB
A: mmap m rw private anon
A: write m 1+
A: P = pin m[0:4] writable longterm
expect if folio-split.pin = pin/keep: m one folio
expect if folio-split.pin = pin/split: m folio 4KiB
reclaim 16
reclaim 16
expect A: m[0:4] present
expect if folio-split.pin = pin/keep: m present
expect if folio-split.pin = pin/split: m[4:16] swapped
A: device write P[0] 9
A: read m[0] = 9

title   GUP-fast reads no page table that a collapse has put away
source  Linux commit 2ba99c5e0881 (6.1): where a TLB flush sends no interrupt, a collapse must wait for GUP-fast by other means
entries 8
thp     khugepaged/max_ptes_none=7

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf 1+

parallel
  task pinner in A:    P = pin buf[3] writable
  task collapser in A: madvise buf collapse -> any
end

expect if tlb-flush = broadcast and collapse-sync = off: counterexample use-after-free
A: device write P[0] 99
A: read buf[3] = 99
A: write buf[3] 100
A: device read P[0] = 100
A: read buf[0:3] = 1+

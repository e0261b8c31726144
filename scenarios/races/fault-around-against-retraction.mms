title   fault-around installs no page table that it does not have, where a collapse has taken the one away that it saw
source  Linux commit 9aa1345d66b8 (6.7, November 2023): collapses take page tables away without the mmap lock since 6.6
entries 8

A = process
A: buf = mmap 32KiB rw shared anon align 32KiB
B = fork A
# Where the huge page could be mapped in its place, no table would be needed.
B: madvise buf nohugepage
# A write maps one page: B has a table, and the rest of it is empty.
B: write buf[0] 1
A: write buf[1] 2

parallel
  task collapser in A: madvise buf collapse -> any
  task reader in B:    read buf[1] = 2
end

expect if fault-around-table = assume: counterexample exception
A: read buf[0:2] = 1+
B: read buf[0:2] = 1+
expect A.buf[1] same page as B.buf[1]

title   two threads touch different pages of one block of 16 KiB first
source  Linux 6.18, do_anonymous_page: the loser finds that the range is no longer empty, releases its folio and returns; sequence C13
entries 8
thp     16KiB=always

A = process
A: buf = mmap 16KiB rw private anon align 16KiB

parallel
  task first in A:  write buf[0] 11
  task second in A: write buf[2] 22
end

# Either one folio of four pages, of the winner, or (if the loser looked late) the same.
expect A: buf[0] = 11
expect A: buf[2] = 22
expect A: buf[0] exclusive, anon
expect A: buf[2] exclusive, anon
# One size or none (64 KiB, where a table maps 32): base pages.
expect if cow-sizing.orders = orders/mthp: A: buf one folio, order 2, exclusive
expect if cow-sizing.orders = orders/descending-fit: A: buf one folio
expect if cow-sizing.orders = orders/preferred-or-zero: A: buf[0] order 0
expect if cow-sizing.orders = orders/preferred-or-zero: A: 2 of buf present

title   munlock of pages that a collapse has taken off their lists leaves some stranded, as mainline accepts
source  Linux 6.18, __munlock_folio(); sequence M10: waiting for the list flag instead could deadlock with migration
entries 8
thp     khugepaged/max_ptes_shared=7

A = process
A: buf = mmap 32KiB rw private anon align 32KiB
A: write buf[:7] 1+
A: mlock buf
B = fork A

parallel
  task unlocker in A:  munlock buf[0]
  task collapser in B: madvise buf collapse -> any
end

# Some order leaves a page on the list of what cannot be reclaimed although nobody has locked it.
expect counterexample result
expect vmstat unevictable_pgs_stranded +0
expect A: buf[0] not mlocked
expect A: buf[1:7] mlocked
A: read buf[:7] = 1+
B: read buf[:7] = 1+

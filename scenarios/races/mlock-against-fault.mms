title   a fault under the VMA lock alone leaves no page out of mlock
source  Linux 6.18, mlock_vma_folio() under the page-table lock, after VM_LOCKED was set
entries 8

A = process
A: buf = mmap 8KiB rw private anon

parallel
  task toucher in A: write buf[0] 7
  task locker in A:  mlock buf
end

expect A: buf present, mlocked
expect vmstat nr_mlock +2
A: munlock buf
expect vmstat nr_mlock +0

title   a pin taken while its page is being swapped out sees what the process sees
source  002_b12750ce76c3af3d.txt: "GUP-fast synchronizes against concurrent sharing (KSM) or unmapping (migration, swapout) ... by first unmapping the PTE and conditionally remapping it"
source  Linux 6.18: try_to_unmap_one() clears the exclusive flag and fails if the page may be pinned; GUP-fast looks at the entry again
entries 8
swap    256KiB

A = process
A: buf = mmap 8KiB rw private anon
A: write buf 1+

parallel
  task pinner in A:    P = pin buf[1] writable
  task reclaimer in A: madvise buf pageout
end

A: device read P[0] = 2
A: device write P[0] 99
A: read buf[1] = 99
A: write buf[1] 100
A: device read P[0] = 100
A: read buf[0] = 1

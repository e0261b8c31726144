title   a pin that began before fork and would end inside it takes nothing without the lock
source  Linux 6.18, gup_fast under write_protect_seq; commit 57efa1fe5957; sequence C9
source  002_b12750ce76c3af3d.txt: "GUP-fast runs lockless ... It syncs against concurrent fork() using a special seqlock, and essentially unpins whatever it temporarily pinned"
entries 8

A = process
A: buf = mmap 16KiB rw private anon
A: write buf 7+

parallel
  task forker in A: B = fork
  task pinner in A: P = pin buf[2] writable
end

# Whatever the order, the page under the pin stays the parent's own.
A: device write P[0] 99
A: read buf[2] = 99
B: read buf[2] = 9
A: write buf[2] 100
A: device read P[0] = 100
B: read buf[2] = 9
expect A: buf[2] exclusive

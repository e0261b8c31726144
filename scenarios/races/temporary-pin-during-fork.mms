title   whatever fork sees of a pin that comes and goes, the pinned page stays the parent's own
source  Linux 6.18, folio_try_dup_anon_rmap_ptes() and write_protect_seq; sequence C2
entries 8
thp     16KiB=always

A = process
A: buf = mmap 16KiB rw private anon align 16KiB
A: write buf 1+
expect A: buf one folio

parallel
  task forker in A: B = fork
  task pinner in A: P = pin buf[2] writable; unpin P
end

expect A: buf = 1+
A: read buf = 1+
B: read buf = 1+
# The child writes first, then the parent: neither sees the other's words, and a pin taken now is of the parent's page.
B: write buf[0] 50
A: read buf = 1+
A: Q = pin buf[2] writable longterm
A: write buf[2] 60
A: device read Q[0] = 60
A: device write Q[0] 61
A: read buf[2] = 61
B: read buf[2] = 3
B: read buf[0] = 50

title   PROT_NONE keeps the pages and refuses every access
source  mprotect(2)

A = process
m = range 4
A: mmap m rw private anon
A: write m 1+
A: mprotect m none
A: read m[0] -> SIGSEGV
expect A: m present
A: mprotect m r
A: read m[3] = 4
